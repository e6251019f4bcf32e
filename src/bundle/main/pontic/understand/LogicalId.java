package pontic.understand;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an id says by which a client refers to a resource or updates it: the number of a row of
 * ours, if it is the id under which we send that row out, or the client's own number (decision
 * 0448).
 *
 * @param system of an identifier
 * @param value of an identifier
 */
public record LogicalId(String system, String value) {
  /** Whose rows are found by the number that we gave out. */
  private static final Set<String> OURS = Set.of("patient", "appointment");

  private static final Pattern DIGITS = Pattern.compile("\\d+");

  /** Open Dental counts from 1. */
  private static final Pattern KEY = Pattern.compile("[1-9]\\d{0,17}");

  /**
   * @param type of the resource, Patient
   */
  public static LogicalId of(String practice, String client, String type, String id) {
    String kind = type.toLowerCase(Locale.ROOT);
    if (isOurs(practice, type, id)) {
      return new LogicalId(
          "urn:pontic:" + practice + ":" + kind, id.substring(prefix(practice, kind).length()));
    }
    return new LogicalId("urn:pontic:client:" + client + ":" + kind, id);
  }

  /** Whether it may be the id of a row of that practice. */
  public static boolean isOurs(String practice, String type, String id) {
    return isLike(practice, type, id)
        && KEY.matcher(id.substring(prefix(practice, type).length())).matches();
  }

  /** Whether it has the form of our ids, even if no row can have that number. */
  public static boolean isLike(String practice, String type, String id) {
    String prefix = prefix(practice, type);
    return OURS.contains(type.toLowerCase(Locale.ROOT))
        && id.startsWith(prefix)
        && DIGITS.matcher(id.substring(prefix.length())).matches();
  }

  private static String prefix(String practice, String type) {
    return practice + "-" + type.toLowerCase(Locale.ROOT) + "-";
  }
}
