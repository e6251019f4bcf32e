package pontic.mapping;

/**
 * A code that its table, which is {@code listed}, has no entry for. Code and text are an entry of a
 * list that the practice keeps for all its patients, never what somebody wrote about one.
 *
 * @param code as the practice has it
 * @param text its words; those of the code itself if it has no other
 */
public record MissedCode(String table, String code, String text) {
  private static final int LONGEST = 255;

  public MissedCode {
    code = cut(code);
    text = cut(text);
  }

  private static String cut(String words) {
    return words.length() > LONGEST ? words.substring(0, LONGEST) : words;
  }

  /** Without its words: where they stand beside a row they are a patient's. */
  @Override
  public String toString() {
    return "a code that " + table + " has not";
  }
}
