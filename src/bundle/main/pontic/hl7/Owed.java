package pontic.hl7;

import java.util.Locale;

/**
 * Which acknowledgement a frame is owed by MSH-15 and MSH-16 (chapter 2, table 0155). Neither
 * valued is original mode. In enhanced mode at most one answer follows a frame: the commit
 * acknowledgement if one is wanted, else the application's, which here means "stored" like the
 * other. Where the application acknowledgement follows later, as a message of its own, the frame is
 * owed no more than the commit acknowledgement ({@link #beforeTheEnd}).
 */
public enum Owed {
  APPLICATION,
  COMMIT,
  NOTHING;

  /**
   * @param accepted whether the message was taken in
   */
  public static Owed of(MessageHeader header, boolean accepted) {
    String commit = condition(header.acceptAcknowledgement());
    String application = condition(header.applicationAcknowledgement());
    if (commit.isEmpty() && application.isEmpty()) {
      return APPLICATION;
    }
    if (wanted(commit, accepted)) {
      return COMMIT;
    }
    return wanted(application, accepted) ? APPLICATION : NOTHING;
  }

  /**
   * What a message that was taken is owed on its connection, if its sender is told of the end
   * later. Neither field valued counts as a wish for the commit acknowledgement: AA would say too
   * much.
   */
  public static Owed beforeTheEnd(MessageHeader header) {
    String commit = condition(header.acceptAcknowledgement());
    boolean original = commit.isEmpty() && condition(header.applicationAcknowledgement()).isEmpty();
    return original || wanted(commit, true) ? COMMIT : NOTHING;
  }

  private static String condition(String field) {
    String trimmed = field.trim().toUpperCase(Locale.ROOT);
    return trimmed.equals(Hl7Json.NULL) ? "" : trimmed;
  }

  /** A word that the table does not know is taken as AL: rather an answer than silence. */
  private static boolean wanted(String condition, boolean accepted) {
    return switch (condition) {
      case "", "NE" -> false;
      case "ER" -> !accepted;
      case "SU" -> accepted;
      default -> true;
    };
  }
}
