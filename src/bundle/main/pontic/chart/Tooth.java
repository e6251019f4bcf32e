package pontic.chart;

import java.util.Optional;

/**
 * A tooth by its number in the Universal system: 1 to 32, A to T, of supernumerary ones 51 to 82,
 * AS to TS (fhir-profiles.md 5).
 */
record Tooth(String number) {
  private static final int TEETH = 32;
  private static final int ROW = 16;
  private static final int SUPERNUMERARY = 50;
  private static final int QUADRANT = 8;
  private static final int PRIMARY_QUADRANT = 5;

  /** What it looks like. */
  enum Shape {
    INCISOR,
    CANINE,
    PREMOLAR,
    MOLAR
  }

  static Optional<Tooth> ofUniversal(String number) {
    return number.matches("[1-9]|[12][0-9]|3[0-2]|5[1-9]|[67][0-9]|8[0-2]|[A-T]S?")
        ? Optional.of(new Tooth(number))
        : Optional.empty();
  }

  /** By ISO 3950, which has no supernumerary ones. */
  static Optional<Tooth> ofIso(String iso) {
    if (!iso.matches("[1-4][1-8]|[5-8][1-5]")) {
      return Optional.empty();
    }
    int place = iso.charAt(1) - '0';
    return Optional.of(
        switch (iso.charAt(0)) {
          case '1' -> permanent(QUADRANT + 1 - place);
          case '2' -> permanent(QUADRANT + place);
          case '3' -> permanent(3 * QUADRANT + 1 - place);
          case '4' -> permanent(3 * QUADRANT + place);
          case '5' -> primary(PRIMARY_QUADRANT - place);
          case '6' -> primary(PRIMARY_QUADRANT + place - 1);
          case '7' -> primary(3 * PRIMARY_QUADRANT - place);
          default -> primary(3 * PRIMARY_QUADRANT + place - 1);
        });
  }

  static Tooth permanent(int number) {
    return new Tooth(Integer.toString(number));
  }

  /**
   * @param place from 0: A
   */
  static Tooth primary(int place) {
    return new Tooth(Character.toString((char) ('A' + place)));
  }

  boolean isPrimary() {
    return Character.isLetter(number.charAt(0));
  }

  boolean isSupernumerary() {
    return number.endsWith("S") && number.length() == 2
        || !isPrimary() && Integer.parseInt(number) > TEETH;
  }

  /** The usual tooth at whose place a supernumerary one stands; of a usual tooth itself. */
  Tooth beside() {
    if (!isSupernumerary()) {
      return this;
    }
    return isPrimary()
        ? new Tooth(number.substring(0, 1))
        : permanent(Integer.parseInt(number) - SUPERNUMERARY);
  }

  /** From 0: 1 to 32, or A to T. */
  private int place() {
    String usual = beside().number;
    return isPrimary() ? usual.charAt(0) - 'A' : Integer.parseInt(usual) - 1;
  }

  boolean isUpper() {
    return place() < (isPrimary() ? 2 * PRIMARY_QUADRANT : ROW);
  }

  /** From the patient's right, which is on the left of a chart: 0 to 15. */
  int column() {
    int inset = isPrimary() ? 3 : 0;
    int row = isPrimary() ? 2 * PRIMARY_QUADRANT : ROW;
    return inset + (isUpper() ? place() : 2 * row - 1 - place());
  }

  boolean isOnTheRight() {
    return column() < ROW / 2;
  }

  /** From the midline: 1 to 8, or 1 to 5. */
  private int fromMidline() {
    return isOnTheRight() ? ROW / 2 - column() : column() - ROW / 2 + 1;
  }

  /** Its number in ISO 3950; "" for supernumerary ones. */
  String iso() {
    if (isSupernumerary()) {
      return "";
    }
    int quadrant = isUpper() ? isOnTheRight() ? 1 : 2 : isOnTheRight() ? 4 : 3;
    return "" + (isPrimary() ? quadrant + 4 : quadrant) + fromMidline();
  }

  Shape shape() {
    int place = fromMidline();
    if (place <= 2) {
      return Shape.INCISOR;
    }
    if (place == 3) {
      return Shape.CANINE;
    }
    return !isPrimary() && place <= 5 ? Shape.PREMOLAR : Shape.MOLAR;
  }

  /** Whether it has an edge where others have a chewing surface. */
  boolean isFront() {
    return fromMidline() <= 3;
  }
}
