package pontic.sandbox.database;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/**
 * A column of one table at one level.
 *
 * @param type as Open Dental creates it, with its DEFAULT, e.g. {@code varchar(100) DEFAULT ''}
 * @param primaryKey whether it is the table's primary key
 * @param nullable whether NULL may be stored
 */
public record Column(String name, String type, boolean primaryKey, boolean nullable) {

  /** The type without its default: {@code varchar(100)}. */
  public String bareType() {
    int end = type.indexOf(" DEFAULT");
    return end < 0 ? type : type.substring(0, end);
  }

  /** True for the columns that the server itself moves on each change. */
  public boolean isStamp() {
    return type.startsWith("timestamp");
  }

  /**
   * What Open Dental's client writes when it has nothing to say: 0, '' or 0001-01-01
   * (open-dental-schema.md section 4).
   */
  Object empty() {
    String bare = bareType();
    if (type.contains("DEFAULT -1")) {
      return -1;
    } else if (bare.startsWith("datetime")) {
      return LocalDateTime.of(1, 1, 1, 0, 0);
    } else if (bare.startsWith("date")) {
      return LocalDate.of(1, 1, 1);
    } else if (bare.startsWith("time")) {
      return LocalTime.MIDNIGHT;
    } else if (bare.contains("char") || bare.contains("text")) {
      return "";
    }
    return 0;
  }

  String definition() {
    String clause = "`" + name + "` " + bareType() + (nullable ? " NULL" : " NOT NULL");
    if (primaryKey && bareType().startsWith("bigint")) {
      return clause;
    }
    return clause + type.substring(bareType().length());
  }
}
