package pontic.check;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What somebody may have meant who wrote a word that is not known. */
final class Near {
  private static final int MOST = 12;

  private Near() {}

  /** {@code write filter}, or else what is known. */
  static String right(String written, Collection<String> known) {
    return meant(written, known)
        .map(word -> "write " + word)
        .orElseGet(
            () ->
                known.isEmpty()
                    ? "take it away"
                    : "known here: "
                        + new TreeSet<>(known)
                            .stream().limit(MOST).collect(Collectors.joining(", "))
                        + (known.size() > MOST ? ", …" : ""));
  }

  static Optional<String> meant(String written, Collection<String> known) {
    return new TreeSet<>(known)
        .stream()
            .filter(word -> distance(written, word) <= Math.max(1, written.length() / 3))
            .min(Comparator.comparingInt(word -> distance(written, word)));
  }

  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int above = row[j];
        boolean same =
            Character.toLowerCase(one.charAt(i - 1)) == Character.toLowerCase(other.charAt(j - 1));
        row[j] = Math.min(corner + (same ? 0 : 1), Math.min(above, row[j - 1]) + 1);
        corner = above;
      }
    }
    return row[other.length()];
  }
}
