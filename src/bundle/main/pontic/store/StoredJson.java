package pontic.store;

import com.fasterxml.jackson.core.StreamReadConstraints;

/** How JSON is read that Pontic itself has stored. */
public final class StoredJson {
  /**
   * What was accepted has its bounds by then: a text that could be stored and not be read again
   * would stop all that waits behind it.
   */
  public static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build();

  private StoredJson() {}
}
