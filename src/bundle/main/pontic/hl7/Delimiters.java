package pontic.hl7;

/**
 * The separators that MSH-1 and MSH-2 declare. A separator that MSH-2 leaves out is {@link #NONE}
 * and never matches.
 */
record Delimiters(char field, char component, char repetition, char escape, char subcomponent) {
  /** A noncharacter: no charset decodes to it. */
  static final char NONE = '\uFFFF';

  /**
   * @param start text that begins with MSH
   * @throws HeaderProblem if the separators are missing, letters, digits, blanks, controls or not
   *     distinct
   */
  static Delimiters of(CharSequence start) {
    if (start.length() < 5
        || start.charAt(0) != 'M'
        || start.charAt(1) != 'S'
        || start.charAt(2) != 'H') {
      throw new HeaderProblem("The message does not begin with an MSH segment");
    }
    char field = separator(start.charAt(3));
    char[] encoding = {NONE, NONE, NONE, NONE};
    int i = 4;
    for (; i < start.length() && i < 9; i++) {
      char c = start.charAt(i);
      if (c == field || c == '\r' || c == '\n') {
        break;
      }
      // The fifth character is the truncation character of version 2.7: allowed, without use here.
      if (i < 8) {
        encoding[i - 4] = separator(c);
      }
    }
    if (i == 4) {
      throw new HeaderProblem("MSH-2 declares no encoding characters");
    }
    if (i < start.length()
        && start.charAt(i) != field
        && start.charAt(i) != '\r'
        && start.charAt(i) != '\n') {
      throw new HeaderProblem("MSH-2 is longer than five characters");
    }
    for (int a = 0; a < 4; a++) {
      for (int b = a + 1; b < 4; b++) {
        if (encoding[a] != NONE && encoding[a] == encoding[b]) {
          throw new HeaderProblem("MSH-2 declares the same character twice");
        }
      }
    }
    return new Delimiters(field, encoding[0], encoding[1], encoding[2], encoding[3]);
  }

  private static char separator(char c) {
    if (c <= ' ' || c > '~' || Character.isLetterOrDigit(c) || c == '"') {
      throw new HeaderProblem("MSH-1 or MSH-2 declares a separator that cannot separate");
    }
    return c;
  }
}
