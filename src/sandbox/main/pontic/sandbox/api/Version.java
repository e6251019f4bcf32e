package pontic.sandbox.api;

import java.util.ArrayList;
import java.util.List;

/** An Open Dental program version such as 25.1.27; missing parts count as 0. */
record Version(List<Integer> parts) implements Comparable<Version> {
  private static final int PARTS = 4;

  /**
   * Reads the dotted text of preference ProgramVersion or of a "since" in open-dental-api.md.
   *
   * @throws NumberFormatException when a part is not a number
   */
  static Version of(String text) {
    List<Integer> parts = new ArrayList<>();
    for (String part : text.strip().split("\\.")) {
      parts.add(Integer.valueOf(part));
    }
    while (parts.size() < PARTS) {
      parts.add(0);
    }
    return new Version(List.copyOf(parts));
  }

  boolean atLeast(Version since) {
    return compareTo(since) >= 0;
  }

  @Override
  public int compareTo(Version other) {
    for (int i = 0; i < PARTS; i++) {
      int order = parts.get(i).compareTo(other.parts.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
