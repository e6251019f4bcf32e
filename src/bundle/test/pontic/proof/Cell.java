package pontic.proof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;

/**
 * A seed of the fault matrix: one kind of write, one thing that goes wrong with it for certain, and
 * what else the seed draws.
 *
 * @param more whether the seed draws more faults beside
 */
record Cell(long seed, Write write, Wrong wrong, String practice, Subject subject, boolean more) {
  /** After so many seeds each kind of write has met each thing that goes wrong. */
  static final int ALL = Write.ALL.size() * Wrong.values().length;

  /** What goes wrong. The first are the API's doing, the last two the sender's. */
  enum Wrong {
    BUSY,
    SLOW,
    TIMEOUT_BEFORE,
    TIMEOUT_AFTER,
    DROP_BEFORE,
    DROP_AFTER,
    LANDS_LATE,
    OFFLINE,
    /** The message comes again at once, and then under another control id. */
    DUPLICATE,
    /** Each earlier message comes again after the last, the newest of them first. */
    REORDERED;

    boolean isOfTheApi() {
      return ordinal() < DUPLICATE.ordinal();
    }

    String wireName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Within the API's limit: later than that no client can tell (decision 0003). */
  private static final Duration LATE = Duration.ofMillis(1000);

  /** Of a request with which a process is killed; less than the API's limit. */
  private static final Duration UNANSWERED = Duration.ofMillis(2_700);

  private static final int EXTRA_IN = 4;

  /**
   * @param kind keeps the subjects of one seed apart that are used for different purposes
   * @param offices the cells are dealt out over
   */
  static Cell of(String kind, long seed, Offices offices) {
    int place = (int) ((seed - 1) % ALL);
    Write write = Write.ALL.get(place % Write.ALL.size());
    Wrong wrong = Wrong.values()[place / Write.ALL.size()];
    long turn = place % Write.ALL.size() + place / Write.ALL.size() + (seed - 1) / ALL;
    return new Cell(
        seed, write, wrong, offices.forThe(write.chapter(), turn), Subject.of(kind, seed), true);
  }

  /** The faults to be armed before a round, as paths and bodies tell this subject's requests. */
  List<Fault> faults(int round, Requested requested) {
    Random random = new Random(seed * 31 + round);
    List<Fault> faults = new ArrayList<>();
    if (wrong.isOfTheApi() && write.round() == round) {
      fault(wrong, write, random, requested).ifPresent(faults::add);
    }
    if (!more) {
      return faults;
    }
    for (Write other : Write.ALL) {
      boolean beside =
          other.round() == round
              && (round == 0 || other.chapter() == write.chapter())
              && random.nextInt(EXTRA_IN) == 0;
      if (beside) {
        fault(Wrong.values()[random.nextInt(Wrong.OFFLINE.ordinal())], other, random, requested)
            .ifPresent(faults::add);
      }
    }
    if (round > 0 && random.nextInt(EXTRA_IN) == 0) {
      Wrong read = random.nextBoolean() ? Wrong.DROP_BEFORE : Wrong.BUSY;
      requested
          .patNum()
          .ifPresent(
              key -> faults.add(kind(read, random).on("GET", "/*").holding("PatNum=" + key)));
    }
    return faults;
  }

  private Optional<Fault> fault(Wrong what, Write where, Random random, Requested requested) {
    Fault fault = kind(what, random);
    return switch (where.told()) {
      case NAME ->
          Optional.of(fault.on(where.verb(), where.path()).holding(subject.patient().last()));
      case WORD -> Optional.of(fault.on(where.verb(), where.path()).holding(subject.word()));
      case PATIENT ->
          requested
              .patNum()
              .map(key -> fault.on(where.verb(), where.path()).holding("\"PatNum\":" + key));
      case PATH ->
          requested
              .key(where)
              .map(key -> fault.on(where.verb(), where.path().replace("*", Long.toString(key))));
      case BODY ->
          requested
              .key(where)
              .map(
                  key ->
                      fault
                          .on(where.verb(), where.path())
                          .holding("\"" + where.key() + "\":" + key));
    };
  }

  private Fault kind(Wrong what, Random random) {
    Fault fault = Fault.of(practice, FaultKind.valueOf(what.name())).times(1);
    return switch (what) {
      case SLOW -> fault.lasting(more ? Duration.ofMillis(200 + random.nextInt(600)) : UNANSWERED);
      case LANDS_LATE -> fault.lasting(LATE).answeringAtOnce();
      case OFFLINE -> fault.times(1 + random.nextInt(2));
      default -> fault;
    };
  }

  /** Keys of this subject's rows, as far as there are any yet. */
  interface Requested {
    Optional<Long> patNum();

    Optional<Long> key(Write write);
  }

  @Override
  public String toString() {
    return "seed "
        + seed
        + ": "
        + write.name()
        + " x "
        + wrong.wireName()
        + " at "
        + practice
        + " ("
        + subject.control()
        + ")";
  }
}
