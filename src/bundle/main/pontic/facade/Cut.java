package pontic.facade;

import java.util.List;

/**
 * A request as the messages that are stored of it.
 *
 * @param parts in the order in which they are stored
 * @param carried entries of which no message is made
 */
record Cut(List<Part> parts, List<Carried> carried) {
  Cut {
    parts = List.copyOf(parts);
    carried = List.copyOf(carried);
  }

  /**
   * An entry that went into the messages of others.
   *
   * @param entry place in the Bundle
   * @param kind resource type
   * @param into places of the entries that it went with
   */
  record Carried(int entry, String kind, Action action, List<Integer> into) {
    Carried {
      into = List.copyOf(into);
    }
  }
}
