package pontic.practice;

/**
 * One thing that is wrong in a file of the bundle, in words for the person who edits it. Never
 * holds a secret.
 *
 * @param file path as the person knows it, relative to the folder above config/
 * @param line 1 for the first line; 0 if it is not known or the thing is missing
 * @param what what is wrong
 * @param right what would be right
 */
public record Problem(String file, int line, String what, String right) {

  /** One line: {@code config/practices/elm.yaml:7: what; right}. */
  @Override
  public String toString() {
    return file + (line > 0 ? ":" + line : "") + ": " + what + "; " + right;
  }
}
