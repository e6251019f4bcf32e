package pontic.sandbox.api;

import java.sql.SQLException;
import java.util.regex.Pattern;

/** SQL that only reads (open-dental-api.md 2.29). */
final class Queries {
  /** In every mode. */
  private static final int PAGE = 100;

  private static final Pattern WRITES =
      Pattern.compile(
          "(?i)\\b(insert|update|delete|replace|merge|drop|alter|create|truncate|grant|revoke|lock|call|load|outfile|dumpfile|set|do|handler|rename)\\b");

  private Queries() {}

  /** Raw column names and values, at most 100 rows from Offset on. */
  static Answer shortQuery(Context context) throws SQLException, Refusal {
    String sql = context.fields("SqlCommand").required("SqlCommand").strip();
    long offset = context.parameters().number("Offset").orElse(0L);
    if (offset < 0) {
      throw Refusal.invalid("Offset must be 0 or more.");
    }
    if (!sql.toLowerCase(java.util.Locale.ROOT).startsWith("select")
        || sql.contains(";")
        || WRITES.matcher(sql.replaceAll("'[^']*'", "''")).find()) {
      throw new Refusal(401, "Only queries that read are allowed.");
    }
    return Answer.ok(context.database().raw(sql, offset, PAGE));
  }
}
