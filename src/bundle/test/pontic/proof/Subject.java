package pontic.proof;

import java.time.LocalDate;
import java.util.Locale;
import java.util.Random;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * One patient whom nobody else resembles, and the words that are said of them.
 *
 * @param control beginning of the control ids, and the id of what is put
 * @param word name of an allergy, problem or medication that the office has not; what is said
 * @param day of the appointment
 */
record Subject(String control, Patient patient, String otherPhone, String word, LocalDate day) {
  private static final int LETTERS = 9;

  /** On so many days of a kind of subjects there are appointments. */
  static final int DAYS = 1_500;

  /**
   * @param kind keeps the subjects of one seed apart that are used for different purposes
   */
  static Subject of(String kind, long number) {
    return of(kind, number, 2027);
  }

  /**
   * @param year from which on the days of appointments are, some years for each kind, where one
   *     kind would be in the other's way
   */
  static Subject of(String kind, long number, int year) {
    Random random = new Random(number * 1_000_003 + kind.hashCode());
    String control = "M" + kind + "-" + number;
    String phone = String.format(Locale.ROOT, "503555%04d", random.nextInt(10_000));
    Patient patient =
        new Patient(
            control,
            letters(random),
            letters(random),
            String.format(
                Locale.ROOT,
                "%d%02d%02d",
                1940 + random.nextInt(70),
                1 + random.nextInt(12),
                1 + random.nextInt(28)),
            "F",
            phone,
            "12 " + letters(random) + " Street");
    String other = String.format(Locale.ROOT, "971555%04d", random.nextInt(10_000));
    return new Subject(
        control,
        patient,
        other,
        "Wort" + letters(random),
        // None of the same kind has the day of another, or one would be in the other's way.
        firstDay(year).plusDays(Math.floorMod(number, DAYS)));
  }

  static LocalDate firstDay(int year) {
    return LocalDate.of(year, 1, 4);
  }

  /** Birth date as FHIR and databases write it. */
  String born() {
    String birth = patient.birth();
    return birth.substring(0, 4) + "-" + birth.substring(4, 6) + "-" + birth.substring(6);
  }

  private static String letters(Random random) {
    StringBuilder letters = new StringBuilder();
    letters.append((char) ('A' + random.nextInt(26)));
    for (int i = 1; i < LETTERS; i++) {
      letters.append((char) ('a' + random.nextInt(26)));
    }
    return letters.toString();
  }
}
