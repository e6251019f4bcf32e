package pontic.check;

/**
 * One thing that is wrong, in words for the person who edits the file. Never holds a secret.
 *
 * @param file path below the checked folder, with /
 * @param line 1 for the first line; 0 if there is none
 * @param what what is wrong
 * @param right what would be right
 */
public record Finding(String file, int line, String what, String right) {

  /** One line: {@code routes/inbound/call.camel.yaml:7: what; right}. */
  @Override
  public String toString() {
    return file + (line > 0 ? ":" + line : "") + ": " + what + "; " + right;
  }
}
