package pontic.person;

/** A sender's identifier; {@code system} is never empty. */
public record Identifier(String system, String value) {
  /** Values are patient data: only the system is shown. */
  @Override
  public String toString() {
    return "Identifier[" + system + "]";
  }
}
