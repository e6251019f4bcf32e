package pontic.opendental;

import java.util.Arrays;
import pontic.lane.Head;

/** A version of Open Dental: {@code 25.3.36.0}; missing parts count as 0. */
record Version(String text) {

  /** What an office said of itself; one that said nothing is older than any. */
  static Version of(Head head) {
    Version said = new Version(head.capabilities().path("version").asText(""));
    return said.known() ? said : new Version("0.0");
  }

  boolean atLeast(String other) {
    int[] mine = parts(text);
    int[] its = parts(other);
    for (int i = 0; i < 4; i++) {
      if (mine[i] != its[i]) {
        return mine[i] > its[i];
      }
    }
    return true;
  }

  /** False for a text that is not numbers and dots. */
  boolean known() {
    return text.matches("\\d{1,4}(\\.\\d{1,6}){1,3}");
  }

  private static int[] parts(String text) {
    int[] parts = new int[4];
    String[] words = text.split("\\.");
    for (int i = 0; i < 4 && i < words.length; i++) {
      parts[i] = Integer.parseInt(words[i]);
    }
    return Arrays.copyOf(parts, 4);
  }
}
