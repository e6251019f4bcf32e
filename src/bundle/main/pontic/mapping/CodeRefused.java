package pontic.mapping;

/**
 * A code is not in its table, and the table's rule is to refuse. The text shows the code, which is
 * no patient data, cut to what a code can be.
 */
public final class CodeRefused extends MappingException {
  private static final int MAX_CODE = 40;

  private final String table;
  private final String code;

  public CodeRefused(String table, String code) {
    super(
        code.isEmpty()
            ? "the message has no code where code table " + table + " needs one"
            : "code table "
                + table
                + " has no entry for '"
                + printable(code)
                + "'; add it to codes/"
                + table
                + ".yaml of the practice, or to mappings/codes");
    this.table = table;
    this.code = code;
  }

  public String table() {
    return table;
  }

  public String code() {
    return code;
  }

  /** False if the field was empty: then a code is missing rather than unknown. */
  public boolean present() {
    return !code.isEmpty();
  }

  /** A sender may write anything where a code belongs. */
  private static String printable(String code) {
    String line = code.replaceAll("[^\\x20-\\x7E]", "?");
    return line.length() > MAX_CODE ? line.substring(0, MAX_CODE) : line;
  }
}
