package pontic.mapping;

/** Whether a practice's table has an entry for a code. */
@FunctionalInterface
public interface KnownCodes {

  /** True as well if the table is no more, or no longer lists what it misses. */
  boolean knows(String practice, String table, String code);
}
