package pontic.chart;

import java.util.List;
import java.util.Map;

/**
 * Outlines of teeth in a box of 40 by 80, roots up, neck at {@link #NECK}; and the five surfaces in
 * a square of 40.
 */
final class ToothDrawing {
  static final int WIDTH = 40;
  static final int HEIGHT = 80;
  static final int NECK = 54;

  private static final String THREE_ROOTS =
      "M3 54C3 40 4 16 7 6Q9 1 12 6C14 16 14 30 16 38C17 30 18 14 20 8Q21 6 22 8C23 14 24 30 25 38"
          + "C26 30 27 16 29 6Q32 1 34 6C37 16 37 40 37 54C39 64 38 74 34 77Q30 80 27 76Q20 72 14 76"
          + "Q10 80 6 77C2 74 1 64 3 54Z";
  private static final String TWO_ROOTS =
      "M3 54C3 40 5 14 8 5Q11 0 14 6C16 16 17 32 20 40C23 32 24 16 26 6Q29 0 32 5C35 14 37 40 37 54"
          + "C39 64 38 74 34 77Q30 80 27 76Q20 72 14 76Q10 80 6 77C2 74 1 64 3 54Z";
  private static final String PREMOLAR =
      "M9 54C9 40 13 14 17 4Q20 0 23 4C27 14 31 40 31 54C34 62 33 72 29 76Q25 79 20 74Q15 79 11 76"
          + "C7 72 6 62 9 54Z";
  private static final String CANINE =
      "M10 54C10 38 14 10 18 2Q20 -1 22 2C26 10 30 38 30 54C34 62 32 70 27 74L20 80L13 74"
          + "C8 70 6 62 10 54Z";
  private static final String INCISOR =
      "M11 54C11 40 15 16 18 6Q20 2 22 6C25 16 29 40 29 54C32 62 33 72 32 77Q20 80 8 77"
          + "C7 72 8 62 11 54Z";

  /** By where it lies in the square: above, right, below, left, inside. */
  private static final List<String> BACK =
      List.of(
          "0,0 40,0 28,12 12,12",
          "40,0 40,40 28,28 28,12",
          "0,40 40,40 28,28 12,28",
          "0,0 0,40 12,28 12,12",
          "12,12 28,12 28,28 12,28");

  /** Front teeth have an edge instead of a chewing surface. */
  private static final List<String> FRONT =
      List.of(
          "0,0 40,0 32,16 8,16",
          "40,0 40,40 32,24 32,16",
          "0,40 40,40 32,24 8,24",
          "0,0 0,40 8,24 8,16",
          "8,16 32,16 32,24 8,24");

  /** What lies above, right, below, left and inside of a tooth of the upper right. */
  private static final List<String> LETTERS = List.of("BF", "M", "L", "D", "OI");

  private static final Map<String, String> NAMES =
      Map.of(
          "M", "mesial",
          "D", "distal",
          "B", "buccal",
          "F", "facial",
          "L", "lingual",
          "O", "occlusal",
          "I", "incisal");

  private ToothDrawing() {}

  static String outline(Tooth tooth) {
    return switch (tooth.shape()) {
      case INCISOR -> INCISOR;
      case CANINE -> CANINE;
      case PREMOLAR -> PREMOLAR;
      case MOLAR -> tooth.isUpper() ? THREE_ROOTS : TWO_ROOTS;
    };
  }

  /** The outlines of all five. */
  static List<String> surfaces(Tooth tooth) {
    return tooth.isFront() ? FRONT : BACK;
  }

  /**
   * Where a surface lies in the square: facial is outward, mesial towards the midline.
   *
   * @return "" for a letter that is no surface
   */
  static String surface(Tooth tooth, String letter) {
    for (int at = 0; at < LETTERS.size(); at++) {
      if (!letter.isEmpty() && LETTERS.get(at).contains(letter)) {
        boolean turned =
            at % 2 == 0 && !tooth.isUpper() && at < 4 || at % 2 == 1 && !tooth.isOnTheRight();
        return surfaces(tooth).get(turned ? (at + 2) % 4 : at);
      }
    }
    return "";
  }

  static String name(String letter) {
    return NAMES.getOrDefault(letter, letter);
  }
}
