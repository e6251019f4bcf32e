package pontic.operator;

/**
 * Who asks.
 *
 * @param name for the audit and for "paused by"; letters, digits and {@code ._@-}
 */
public record Operator(String name, Role role) {
  private static final int LONGEST = 64;

  /** With a name that somebody merely says, so it is bounded. */
  public static Operator said(String name, Role role) {
    String plain = name.replaceAll("[^A-Za-z0-9._@-]", "");
    return new Operator(plain.length() > LONGEST ? plain.substring(0, LONGEST) : plain, role);
  }

  public boolean may(Role least) {
    return role.includes(least);
  }
}
