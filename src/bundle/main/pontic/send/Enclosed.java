package pontic.send;

/**
 * How the file behind a document stands: it goes along, or why not.
 *
 * <p>Codes are of {@code http://terminology.hl7.org/CodeSystem/data-absent-reason}.
 */
public enum Enclosed {
  JOINED("joined", "", false, "it goes along"),
  OFF("off", "unsupported", false, "the practice names no folder"),
  NOT_PERMITTED("not permitted", "masked", false, "its category is none whose files may leave"),
  TOO_LARGE("too large", "unsupported", false, "it is larger than documents.mostBytes"),
  OUTSIDE("outside", "error", false, "its path leads out of the folder, or to no plain file"),
  UNNAMED(
      "unnamed", "temp-unknown", true, "the row names no file, or was read before it was asked"),
  MISSING("missing", "temp-unknown", true, "there is no such file"),
  EMPTY("empty", "temp-unknown", true, "the file is empty"),
  GROWING("growing", "temp-unknown", true, "the file is still being written"),
  UNREADABLE("unreadable", "error", true, "the file cannot be read"),
  SLOW("slow", "temp-unknown", true, "the folder gave no answer, or the file not within 10 s"),
  AWAY("away", "temp-unknown", true, "the folder is not there, or is empty");

  private final String text;
  private final String code;
  private final boolean heals;
  private final String words;

  Enclosed(String text, String code, boolean heals, String words) {
    this.text = text;
    this.code = code;
    this.heals = heals;
    this.words = words;
  }

  /** As stored, and as a label of metrics. */
  public String text() {
    return text;
  }

  /** Data-absent-reason; empty if nothing is absent. */
  public String code() {
    return code;
  }

  /** It may come right by itself, so it is looked at again. */
  public boolean heals() {
    return heals;
  }

  /** All files of the office are as this one, so it is waited for without an end. */
  public boolean isOfFolder() {
    return this == SLOW || this == AWAY;
  }

  /** A rule of the practice, and nothing that went wrong. */
  public boolean isByRule() {
    return this == OFF || this == NOT_PERMITTED;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
