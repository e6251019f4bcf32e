package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import pontic.lane.Asked;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Work;
import pontic.mapping.MatchRules;
import pontic.mapping.PracticeRules;
import pontic.person.Asserted;
import pontic.person.Persons;

/**
 * Looks at the patient to whom the number of a message leads, before anything of it is written
 * (decisions 0403, 0405): whether he is whom it names, and whether anybody still opens his chart.
 */
final class Look {
  /** Of whom nothing is written any more. */
  static final Set<String> GONE = Set.of("Deleted", "Archived");

  /** Who is not booked. */
  static final Set<String> NOT_BOOKED = Set.of("Deleted", "Archived", "Deceased");

  private static final List<String> IDENTITY = List.of("LName", "FName", "Birthdate");

  private final Function<String, PracticeRules> rules;
  private final Gate gate;

  Look(Function<String, PracticeRules> rules, Gate gate) {
    this.rules = rules;
    this.gate = gate;
  }

  /** Whether two messages may mean one patient; who is held alone would hold the other too. */
  boolean mayBeOne(String practice, JsonNode some, JsonNode other) {
    return another(practice, some, other).isEmpty();
  }

  /** Why the one is another than the other; empty if nothing says so. */
  Optional<String> another(String practice, JsonNode one, JsonNode other) {
    return Likeness.another(matching(practice), one, other);
  }

  /**
   * Why the one is another than who was called so; empty if nothing says so, or one time that says
   * the whole name and birth date fits.
   */
  Optional<String> another(String practice, JsonNode one, List<JsonNode> called) {
    List<Optional<String>> compared = new ArrayList<>();
    for (JsonNode each : called) {
      Optional<String> why = another(practice, one, each);
      if (why.isPresent() || isWhole(each)) {
        compared.add(why);
      }
    }
    return compared.stream().anyMatch(Optional::isEmpty)
        ? Optional.empty()
        : compared.stream().flatMap(Optional::stream).findFirst();
  }

  /**
   * The read that tells, or why a person has to look; empty if nothing is in the way, or something
   * of the message was written already.
   *
   * @param said of the patient, by this message and those that it stands for
   * @param outOf statuses of patients in whose charts nothing of the kind is written
   */
  Optional<Decision> stop(Head head, List<Played.Said> said, Set<String> outOf) {
    if (head.landedAny()) {
      return Optional.empty();
    }
    long patNum = head.person().orElseThrow().patNum();
    Optional<JsonNode> row = shown(head, patNum);
    return row.isPresent() ? stop(head, said, outOf, row.get()) : Optional.of(read(head, patNum));
  }

  /**
   * @param row the patient's
   */
  Optional<Decision> stop(Head head, List<Played.Said> said, Set<String> outOf, JsonNode row) {
    long patNum = head.person().orElseThrow().patNum();
    String status = row.path("PatStatus").asText();
    if (outOf.contains(status)) {
      return Optional.of(
          new Decision.Hold(
              "PatNum "
                  + patNum
                  + " is "
                  + status.toLowerCase(Locale.ROOT)
                  + " in Open Dental"
                  + (outOf.equals(NOT_BOOKED) ? "; nobody is booked who is" : ""),
              List.of(patNum)));
    }
    if (head.landedAny()) {
      return Optional.empty();
    }
    MatchRules its = matching(head.work().practice());
    return said.stream()
        .map(Played.Said::fields)
        .filter(fields -> !isKnown(head, fields))
        .flatMap(fields -> Likeness.another(its, fields, row).stream())
        .findFirst()
        .map(why -> held(why, patNum, List.of()))
        .or(
            () ->
                said.stream()
                    .map(Played.Said::fields)
                    .filter(fields -> !isCalledSo(head, fields))
                    .flatMap(fields -> namesake(head, its, fields, row).stream())
                    .findFirst());
  }

  /**
   * The search, or the hold, where his number leads to one patient and his name, to the letter, is
   * another's of that birth date. It is asked only where that would matter.
   */
  private static Optional<Decision> namesake(
      Head head, MatchRules its, JsonNode wanted, JsonNode row) {
    Optional<String> why = Likeness.anotherIfNamesake(its, wanted, row);
    if (why.isEmpty()) {
      return Optional.empty();
    }
    String born = wanted.path("Birthdate").asText();
    List<Asked> pages =
        head.reads("patients.search").stream()
            .filter(page -> born.equals(page.request().query().get("Birthdate")))
            .toList();
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return Optional.of(new Decision.Ask(Reads.patientsBornOn(born, more.get())));
    }
    long patNum = head.person().orElseThrow().patNum();
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return Optional.of(
          new Decision.Hold(
              "Open Dental answered the search for the birth date with " + gap.get(),
              List.of(patNum)));
    }
    List<Long> namesakes =
        Reads.rows(pages, "PatNum").stream()
            .filter(other -> !GONE.contains(other.path("PatStatus").asText()))
            .filter(other -> Likeness.isNamesake(its, wanted, other))
            .map(other -> other.path("PatNum").asLong())
            .filter(other -> other != patNum && !head.ruledOut().contains(other))
            .toList();
    return namesakes.isEmpty() ? Optional.empty() : Optional.of(held(why.get(), patNum, namesakes));
  }

  private static Decision held(String why, long patNum, List<Long> beside) {
    return new Decision.Hold(
        "the identifier leads to PatNum " + patNum + ", but " + why,
        Stream.concat(Stream.of(patNum), beside.stream()).toList());
  }

  /** As {@link #stop} without asking for his status, where what the sender said before tells. */
  Optional<Decision> stranger(Head head, List<Played.Said> said) {
    boolean isCalledSo = said.stream().allMatch(each -> isCalledSo(head, each.fields()));
    return isCalledSo ? Optional.empty() : stop(head, said, Set.of());
  }

  /**
   * With the name and birth date of a message of which a person has said that it means him, or of
   * the first that ended well of a sender who tells nothing else of him: should the office call him
   * otherwise one day, that sender means him still.
   */
  Decision remembering(Head head, Supplier<JsonNode> said, Decision decision) {
    if (!(decision instanceof Decision.Done done)
        || done.asserted().containsKey(Persons.PATIENT) && !isMatched(head)) {
      return decision;
    }
    JsonNode fields = said.get();
    if (!isMatched(head) && (!isWhole(fields) || isCalledSo(head, fields))) {
      return decision;
    }
    ObjectNode identity = JsonNodeFactory.instance.objectNode();
    IDENTITY.stream()
        .filter(fields::hasNonNull)
        .forEach(field -> identity.set(field, fields.path(field)));
    String which = isMatched(head) ? head.work().messageId() : head.person().orElseThrow().id();
    return done.asserting(Persons.CALLED + "#" + which, identity);
  }

  private Optional<JsonNode> shown(Head head, long patNum) {
    return head.reads("patients.get").stream()
        .filter(read -> read.status() == 200)
        .map(Asked::answer)
        .reduce((older, newer) -> newer)
        .or(
            () ->
                Reads.rows(head.reads("patients.search"), "PatNum").stream()
                    .filter(row -> row.path("PatNum").asLong() == patNum)
                    .findFirst());
  }

  private Decision read(Head head, long patNum) {
    List<Asked> reads = head.reads("patients.get");
    return reads.isEmpty()
        ? new Decision.Ask(Reads.patient(patNum))
        : new Decision.Hold(
            "PatNum "
                + patNum
                + " can no longer be read in Open Dental: "
                + gate.words(reads.get(reads.size() - 1)),
            List.of(patNum));
  }

  /**
   * Whether a person has said that this message means him, or he has been called so: by its sender
   * in a message that was written, or in one that a person decided.
   */
  private boolean isKnown(Head head, JsonNode wanted) {
    MatchRules its = matching(head.work().practice());
    return isMatched(head)
        || called(head).anyMatch(fields -> Likeness.another(its, wanted, fields).isEmpty());
  }

  /** As {@link #isKnown}, and not merely much alike. */
  private boolean isCalledSo(Head head, JsonNode wanted) {
    MatchRules its = matching(head.work().practice());
    return isMatched(head)
        || called(head)
            // A rule cannot ask that a fact is missing: who is another is so with a namesake too.
            .anyMatch(fields -> Likeness.anotherIfNamesake(its, wanted, fields).isEmpty());
  }

  private static Stream<JsonNode> called(Head head) {
    return head.asserted().entrySet().stream()
        .filter(
            said ->
                said.getKey().equals(Persons.PATIENT)
                    || said.getKey().startsWith(Persons.CALLED + "#"))
        .map(Map.Entry::getValue)
        .map(Asserted::fields)
        .filter(Look::isWhole);
  }

  /** Whether they say the whole name and the birth date. */
  private static boolean isWhole(JsonNode fields) {
    return IDENTITY.stream()
        .noneMatch(field -> FieldMerge.empty(FieldMerge.text(fields.path(field))));
  }

  private static boolean isMatched(Head head) {
    return head.asserted().containsKey(Work.MATCHED + "#" + head.work().messageId());
  }

  private MatchRules matching(String practice) {
    return rules.apply(practice).matching();
  }
}
