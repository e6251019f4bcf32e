package pontic.sandbox.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The armed faults. A request takes at most one: the first armed that matches it. */
public final class Faults {

  /**
   * An armed fault as it now stands.
   *
   * @param id number by which it is told apart from others
   * @param fault as armed
   * @param remaining requests that it will still take; 0 = until cleared
   * @param toPass matching requests that go by first
   */
  public record Armed(long id, Fault fault, int remaining, int toPass) {}

  private static final class State {
    private final long id;
    private final Fault fault;
    private final Instant until;
    private int taken;
    private int passed;

    State(long id, Fault fault) {
      this.id = id;
      this.fault = fault;
      this.until =
          fault.kind() == FaultKind.OFFLINE && !fault.duration().equals(Duration.ZERO)
              ? Instant.now().plus(fault.duration())
              : Instant.MAX;
    }

    boolean spent() {
      return (fault.count() > 0 && taken >= fault.count()) || Instant.now().isAfter(until);
    }
  }

  private record Hung(String practice, Runnable end) {}

  private final List<State> armed = new ArrayList<>();
  private final List<Hung> hung = new ArrayList<>();
  private long lastId;

  /**
   * Arms a fault.
   *
   * @return its id
   */
  public synchronized long arm(Fault fault) {
    lastId++;
    armed.add(new State(lastId, fault));
    return lastId;
  }

  /**
   * Takes every fault back and ends hanging requests by closing their sockets; writes that land
   * late still land.
   */
  public void clear() {
    end(Optional.empty());
  }

  /**
   * As {@link #clear()}, for the faults that name this practice and the requests of this practice.
   */
  public void clear(String practice) {
    end(Optional.of(practice));
  }

  /** What is still armed, oldest first. */
  public synchronized List<Armed> list() {
    armed.removeIf(State::spent);
    return armed.stream()
        .map(
            state ->
                new Armed(
                    state.id,
                    state.fault,
                    state.fault.count() == 0 ? 0 : state.fault.count() - state.taken,
                    state.fault.after() - state.passed))
        .toList();
  }

  /**
   * The fault that this request runs into; it is then counted.
   *
   * @param content query and body
   */
  synchronized Optional<Fault> take(String practice, String verb, String path, String content) {
    armed.removeIf(State::spent);
    for (State state : armed) {
      if (state.fault.matches(practice, verb, path, content)) {
        if (state.passed < state.fault.after()) {
          state.passed++;
          continue;
        }
        state.taken++;
        return Optional.of(state.fault);
      }
    }
    return Optional.empty();
  }

  synchronized void hang(String practice, Runnable end) {
    hung.add(new Hung(practice, end));
  }

  private void end(Optional<String> practice) {
    List<Runnable> ends = new ArrayList<>();
    synchronized (this) {
      armed.removeIf(state -> practice.isEmpty() || state.fault.practice().equals(practice));
      for (Iterator<Hung> all = hung.iterator(); all.hasNext(); ) {
        Hung one = all.next();
        if (practice.map(one.practice()::equals).orElse(true)) {
          all.remove();
          ends.add(one.end());
        }
      }
    }
    ends.forEach(Runnable::run);
  }
}
