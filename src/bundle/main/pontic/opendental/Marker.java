package pontic.opendental;

import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import pontic.store.Vault;

/**
 * The reference that Pontic leaves in an appointment's note, so that a row of its own can be told
 * from anybody else's. A keyed hash: staff can quote it, nobody can guess it, and it says nothing
 * about the patient.
 */
final class Marker {
  private static final int LENGTH = 10;
  private static final Pattern REFERENCE = Pattern.compile("\\[ref P-[A-Z0-9]{" + LENGTH + "}]");

  private final Vault vault;

  Marker(Vault vault) {
    this.vault = vault;
  }

  /** The same for every try of one write of one message. */
  String of(String practice, String messageId, String write) {
    String hash =
        vault
            .index("marker", String.join("|", practice, messageId, write))
            .replaceAll("[^A-Za-z0-9]", "");
    return "[ref P-" + hash.substring(0, LENGTH).toUpperCase(Locale.ROOT) + "]";
  }

  /** A note without any reference of ours: what is copied to another row is not the first one's. */
  static String without(String note) {
    return note.replaceAll("\\s*\\[ref P-[A-Z0-9]{" + LENGTH + "}\\]", "");
  }

  /** All references of ours that stand in a text. */
  static Set<String> all(String text) {
    return REFERENCE.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  /** The reference of ours that stands last in a text; "" if there is none. */
  static String in(String text) {
    int at = text.lastIndexOf("[ref P-");
    return at < 0 ? "" : text.substring(at, text.indexOf(']', at) + 1);
  }

  static String join(String note, String marker) {
    return note.isBlank() ? marker : note.strip() + " " + marker;
  }
}
