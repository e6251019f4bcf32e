package pontic.sandbox.database;

import java.util.List;

/** Names that nobody can take for a real person's. */
final class Names {
  private static final List<String> FAMILY_BEGIN =
      List.of(
          "Test", "Sample", "Mock", "Demo", "Dummy", "Fable", "Proto", "Model", "Sketch", "Draft",
          "Paper", "Pretend", "Puppet", "Plaster", "Wax");
  private static final List<String> FAMILY_END =
      List.of(
          "wood", "ford", "berg", "sen", "field", "ridge", "well", "mann", "stone", "brook", "ley",
          "worth", "hurst", "dale", "smith", "croft", "bury", "shaw", "er", "ton");
  private static final List<String> FEMALE =
      List.of(
          "Ada", "Berta", "Cleo", "Dora", "Edda", "Flora", "Greta", "Hilda", "Iris", "Juno",
          "Klara", "Luz", "Mira", "Nadia", "Olga", "Petra", "Renée", "Sofía", "Thea", "Uma");
  private static final List<String> MALE =
      List.of(
          "Abel", "Boris", "Carl", "Dirk", "Emil", "Felix", "Gus", "Hugo", "Igor", "Jens", "Kurt",
          "Leo", "Milo", "Nils", "Otto", "Paul", "René", "Søren", "Theo", "Udo");
  private static final List<String> STREETS =
      List.of("Sample St", "Placeholder Ave", "Fixture Rd", "Mockup Ln", "Specimen Blvd");

  private Names() {}

  /** A family name; the first 300 differ. */
  static String family(int number) {
    int begin = number % FAMILY_BEGIN.size();
    int end = number / FAMILY_BEGIN.size() % FAMILY_END.size();
    return FAMILY_BEGIN.get(begin) + FAMILY_END.get(end);
  }

  static String given(boolean female, int number) {
    List<String> names = female ? FEMALE : MALE;
    return names.get(number % names.size());
  }

  static String street(int number) {
    return (100 + number) + " " + STREETS.get(number % STREETS.size());
  }

  /** A number of the range kept free for fiction (555-0100 to 555-0199). */
  static String phone(int number) {
    return String.format("(%d)555-01%02d", 201 + number / 100 % 700, number % 100);
  }

  /** A National Provider Identifier with a right check digit, from a block that counts from 0. */
  static String npi(int number) {
    String digits = String.format("1%08d", number);
    int sum = 24;
    for (int i = 0; i < 9; i++) {
      int digit = digits.charAt(i) - '0';
      int twice = digit * 2;
      sum += i % 2 == 0 ? twice / 10 + twice % 10 : digit;
    }
    return digits + (10 - sum % 10) % 10;
  }
}
