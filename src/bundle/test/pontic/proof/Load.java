package pontic.proof;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * What one seed sends to one practice: patients' lives in legal order each, interleaved over the
 * patients, and the API's faults beside them.
 *
 * @param messages in order of sending
 */
record Load(String practice, List<Message> messages) {
  private static final LocalDateTime FIRST_DAY = LocalDateTime.of(2027, 5, 3, 5, 0);

  /** Visits of so many patients are on days of their own, and of four times as many never meet. */
  private static final int DAYS = 500;

  private static final int HOURS_APART = 4;
  private static final String[] FAULTY = {"POST", "PUT", "GET", "POST", "PUT"};

  /**
   * One message.
   *
   * @param patient as the message has it
   * @param placer the booking that it is about, "" for a patient's message
   * @param note text that the message adds to the booking's note, "" for none
   * @param faults armed before it is sent
   */
  record Message(
      String controlId,
      String trigger,
      Patient patient,
      String placer,
      LocalDateTime at,
      String note,
      byte[] bytes,
      List<Fault> faults) {
    boolean books() {
      return trigger.equals("S12");
    }

    boolean cancels() {
      return trigger.equals("S15");
    }

    boolean aboutPatient() {
      return placer.isEmpty();
    }

    /**
     * A visit of its patient at this time is the booking that it is about: each of them has a day
     * of its own. Known by that and not by its note, since a change makes a visit too where its
     * booking is parked.
     */
    boolean isAboutVisitAt(LocalDateTime time) {
      return !aboutPatient() && at.toLocalDate().equals(time.toLocalDate());
    }
  }

  /** A message before it has its place in the row. */
  private record Draft(
      String trigger, Patient patient, String placer, LocalDateTime at, String note) {}

  /** With every kind of fault now and then. */
  static Load of(long seed, String practice, int count, int firstPatient) {
    return of(seed, practice, count, firstPatient, Load::faults);
  }

  /** With a fault for each booking that lets it land and does not say so, and no other. */
  static Load ofUnclearBookings(long seed, String practice, int count, int firstPatient) {
    return of(seed, practice, count, firstPatient, Load::unclearBooking);
  }

  /** The faults that are armed before a message is sent. */
  @FunctionalInterface
  private interface Beside {
    List<Fault> of(Random random, String practice, Draft draft);
  }

  private static Load of(long seed, String practice, int count, int firstPatient, Beside beside) {
    Random random = new Random(seed * 31 + practice.hashCode());
    List<Deque<Draft>> lives = new ArrayList<>();
    int drafted = 0;
    while (drafted < count) {
      Deque<Draft> life =
          life(random, seed, practice, firstPatient + lives.size(), count - drafted);
      drafted += life.size();
      lives.add(life);
    }
    List<Message> messages = new ArrayList<>();
    while (!lives.isEmpty()) {
      Deque<Draft> life = lives.get(random.nextInt(lives.size()));
      messages.add(message(random, seed, practice, messages.size(), life.remove(), beside));
      lives.removeIf(Deque::isEmpty);
    }
    return new Load(practice, List.copyOf(messages));
  }

  private static Deque<Draft> life(
      Random random, long seed, String practice, int number, int atMost) {
    List<Draft> life = new ArrayList<>();
    Patient patient = Patient.numbered(number);
    life.add(new Draft("A28", patient, "", FIRST_DAY, ""));
    for (int booking = 0; booking < 2; booking++) {
      if (random.nextInt(3) > 0) {
        patient = patient.withPhone(String.format("971555%04d", random.nextInt(10_000)));
        life.add(new Draft(random.nextBoolean() ? "A31" : "A08", patient, "", FIRST_DAY, ""));
      }
      String placer = "PL-" + seed + "-" + practice + "-" + number + "-" + booking;
      LocalDateTime at =
          FIRST_DAY
              .plusDays(number % DAYS + (long) booking * DAYS)
              .plusHours((long) HOURS_APART * (number / DAYS % 4));
      life.add(new Draft("S12", patient, placer, at, "visit " + placer));
      for (int move = 1; move <= random.nextInt(3); move++) {
        String note = random.nextBoolean() ? "change " + move + " of " + placer : "";
        life.add(new Draft("S13", patient, placer, at.plusHours(move), note));
        at = at.plusHours(move);
      }
      if (random.nextInt(2) == 0) {
        life.add(new Draft("S15", patient, placer, at, ""));
      }
    }
    return new ArrayDeque<>(life.subList(0, Math.min(life.size(), Math.max(1, atMost))));
  }

  private static Message message(
      Random random, long seed, String practice, int number, Draft draft, Beside beside) {
    String controlId = "K" + seed + "-" + practice + "-" + number;
    byte[] bytes =
        draft.placer().isEmpty()
            ? Hospital.adt(draft.trigger(), controlId, draft.patient())
            : Hospital.siu(
                draft.trigger(),
                controlId,
                draft.patient(),
                draft.placer(),
                draft.at(),
                30,
                draft.note());
    return new Message(
        controlId,
        draft.trigger(),
        draft.patient(),
        draft.placer(),
        draft.at(),
        draft.note(),
        bytes,
        beside.of(random, practice, draft));
  }

  private static List<Fault> faults(Random random, String practice, Draft draft) {
    return random.nextInt(4) == 0 ? List.of(fault(random, practice)) : List.of();
  }

  private static List<Fault> unclearBooking(Random random, String practice, Draft draft) {
    if (!draft.trigger().equals("S12")) {
      return List.of();
    }
    FaultKind kind =
        List.of(FaultKind.TIMEOUT_AFTER, FaultKind.LANDS_LATE, FaultKind.UNKNOWN_400)
            .get(random.nextInt(3));
    return List.of(
        Fault.of(practice, kind)
            .acting()
            .answeringAtOnce()
            .lasting(Duration.ofMillis(500))
            .on("POST", "/appointments"));
  }

  private static Fault fault(Random random, String practice) {
    String verb = FAULTY[random.nextInt(FAULTY.length)];
    Fault fault =
        switch (random.nextInt(9)) {
          case 0 -> Fault.of(practice, FaultKind.TIMEOUT_BEFORE);
          case 1 -> Fault.of(practice, FaultKind.TIMEOUT_AFTER);
          case 2 -> Fault.of(practice, FaultKind.DROP_BEFORE);
          case 3 -> Fault.of(practice, FaultKind.DROP_AFTER);
          // Within the API's limit: later than that no client can tell (decision 0003).
          case 4 ->
              Fault.of(practice, FaultKind.LANDS_LATE)
                  .answeringAtOnce()
                  .lasting(Duration.ofMillis(100 + random.nextInt(1_400)));
          case 5 -> Fault.of(practice, FaultKind.BUSY);
          case 6 -> Fault.of(practice, FaultKind.UNKNOWN_400);
          case 7 -> Fault.of(practice, FaultKind.UNKNOWN_400).acting();
          default -> Fault.of(practice, FaultKind.OFFLINE).lasting(Duration.ofSeconds(1));
        };
    return fault.kind() == FaultKind.OFFLINE ? fault : fault.on(verb, "/*");
  }
}
