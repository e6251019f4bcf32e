package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import pontic.person.Asserted;
import pontic.person.Booking;
import pontic.person.Person;

/**
 * The work at the head of a lane and all that is known about it.
 *
 * @param copy what the store knows, if it came from an older copy
 * @param calls every request of this work so far, oldest first
 * @param earlier landed writes of other messages about the same person, of the last week
 * @param asserted what its sender said last, by kind (Patient, Appointment); of rows of the patient
 *     by type, # and which row it is
 * @param ruledOut PatNums that a person has said not to be this patient
 * @param now by the store's clock
 * @param capabilities what the practice said of itself; missing before it was asked
 * @param spoken what anybody has told of rows that must not be there twice
 * @param folded older messages of the same sender that it stands for, oldest first; nothing of them
 *     was begun
 * @param waited since when it has waited, and what was seen meanwhile
 */
public record Head(
    Work work,
    Optional<Person> person,
    Optional<Booking> booking,
    Optional<OlderCopy> copy,
    List<Asked> calls,
    List<Asked> earlier,
    Map<String, Asserted> asserted,
    Set<Long> ruledOut,
    Instant now,
    JsonNode capabilities,
    Spoken spoken,
    List<Work> folded,
    Waited waited) {

  /** The message from which it began: the oldest that it stands for, else its own. */
  public String firstMessage() {
    return folded.isEmpty() ? work.messageId() : folded.get(0).messageId();
  }

  /** Answered plan and watch reads of this cycle, by name, in order of asking. */
  public List<Asked> reads(String name) {
    return plan().filter(call -> call.name().equals(name)).toList();
  }

  /** The newest row that a plan read of this name showed, however long ago; empty if none did. */
  public Optional<JsonNode> lastRead(String name) {
    return calls.stream()
        .filter(call -> call.name().equals(name) && call.is(Purpose.PLAN, CallState.ANSWERED))
        .filter(call -> call.status() == 200)
        .map(Asked::answer)
        .reduce((older, newer) -> newer);
  }

  public boolean landed(String name) {
    return calls.stream()
        .anyMatch(call -> call.name().equals(name) && call.is(Purpose.CALL, CallState.LANDED));
  }

  public boolean landedAny() {
    return calls.stream().anyMatch(call -> call.is(Purpose.CALL, CallState.LANDED));
  }

  /** All of them, oldest first. */
  public List<Asked> answeredReads() {
    return plan().toList();
  }

  private Stream<Asked> plan() {
    return calls.stream()
        .filter(call -> call.cycle() == work.cycle() && call.state() == CallState.ANSWERED)
        .filter(call -> call.purpose() == Purpose.PLAN || call.purpose() == Purpose.WATCH);
  }
}
