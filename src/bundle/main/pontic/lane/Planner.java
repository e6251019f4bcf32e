package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a message means for one practice system's API. Pure: decides from what it is given, stores
 * and sends nothing.
 */
public interface Planner {

  /** What comes next for the work at the head. */
  Decision next(Head head);

  /**
   * Whether the newer of two messages may stand for the older: they are neighbours of one sender
   * about one patient, nothing of either was begun, and Open Dental would end in the same rows.
   *
   * @param head of the older
   */
  boolean folds(Head head, Work newer);

  /**
   * Why whom a message names is another than the patient who was called so; empty if nothing says
   * so, or he was called by the whole name and birth date as the message says.
   *
   * @param patient FHIR Patient of the message
   * @param called API fields of the patient, each time that he was called
   */
  default java.util.Optional<String> another(
      String practice, JsonNode patient, List<JsonNode> called) {
    return java.util.Optional.empty();
  }

  /** What a message that was folded has said, for the next three-way merge and its receipt. */
  Said said(Work folded);

  /**
   * Words of a message.
   *
   * @param asserted by kind, as in {@link Decision.Done}
   * @param warnings what was left out of it
   */
  record Said(Map<String, JsonNode> asserted, List<String> warnings) {}

  /**
   * Under which words what a message tells may have been told before by anybody, of rows that must
   * not be there twice: keys of {@link Decision.Done#asserted()}.
   *
   * @param senders who have told of rows of its patient
   */
  default Set<String> once(Work work, Set<String> senders) {
    return Set.of();
  }

  /**
   * Keys of the appointments that reads of a work have shown.
   *
   * @param calls of the work
   */
  default Set<Long> visits(Work work, List<Asked> calls) {
    return Set.of();
  }

  /**
   * What an unclear write did.
   *
   * @param round answered reads of the present round, oldest first; empty at its start
   */
  Finding examine(Head head, Asked unclear, List<Asked> round);

  /** What an answer means. */
  Meaning meaning(ApiRequest request, int status, JsonNode body);

  /** The key of the row that a landed write made, from its answer; 0 if it made none. */
  long key(ApiRequest request, JsonNode body, String location);

  /** Whose key a landed write of this name brings. */
  Effect effect(String name);

  /** Whether a write is of a row beside the patient's own and his appointments. */
  boolean isOfChart(String write);

  /**
   * What a write makes true; its key is 0 while a create's row is not known.
   *
   * @param key of the row that it made, 0 if it made none
   */
  java.util.Optional<Written> written(ApiRequest request, long key);

  /**
   * What to ask, long after a write that had to be repeated, to see a double; empty if it cannot
   * double. Of one that was looked for in vain, what to ask to see that it came late.
   *
   * @param write has landed, or was looked for in vain
   */
  java.util.Optional<JsonNode> watch(Head head, Asked write);

  /**
   * How the appointment stands that a message was about, by what was read and written of it; empty
   * if it was about none.
   */
  default java.util.Optional<Visit> visit(Head head, Decision.Done done) {
    return java.util.Optional.empty();
  }

  /**
   * What of half-written work stands in the practice, for whoever has to look; "" if nothing does.
   */
  default String visible(Head head) {
    return "";
  }

  /**
   * What has landed of work that does not come to its end, and stands; of half-written work what is
   * not {@link #visible}.
   */
  default Standing standing(Head head) {
    return Standing.NOTHING;
  }

  /**
   * Rows that this work wrote in several writes, or deleted again, now that it ends: what was read
   * of them before is not sent out.
   */
  default List<Reread> reread(Head head) {
    return List.of();
  }

  /**
   * @param resource kind of its record
   * @param until a record counts only if its row was read later, by the store's clock
   * @param gone the row was deleted: there is to be no record of it
   */
  record Reread(String resource, long key, java.time.Instant until, boolean gone) {}

  /** What a landed write makes known. */
  enum Effect {
    PERSON,
    BOOKING,
    /** A row of a patient whose key nobody needs; what was read before it still holds. */
    ROW,
    NONE
  }

  /** What an answer means for the lane. */
  enum Meaning {
    OK,
    /** Turned away without effect; ask again when told. */
    BUSY,
    /** The office is away; a write may or may not have reached it. */
    OFFICE_AWAY,
    /** A known refusal. */
    REFUSED,
    /** The row or a referenced row is not there. */
    NOT_FOUND,
    UNAUTHORISED,
    /** No telling what happened. */
    UNCLEAR
  }
}
