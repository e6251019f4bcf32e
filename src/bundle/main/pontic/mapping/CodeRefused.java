package pontic.mapping;

/** A code is not in its table, and the table's rule is to refuse. Codes are no patient data. */
public final class CodeRefused extends MappingException {
  private final String table;
  private final String code;

  public CodeRefused(String table, String code) {
    super(
        "Code table "
            + table
            + " has no entry for code '"
            + code
            + "' and refuses unknown codes; add it to the table");
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
}
