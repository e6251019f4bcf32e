package pontic.accept;

/**
 * What the one writer of the store need not do itself: the many that wait for it do it beside one
 * another. Of a repetition it is in vain.
 *
 * @param sender with its length and characters bounded, as the two after it
 * @param digest keyed, of all bytes
 * @param kept bytes that are in {@code body}, the first
 */
record Sealed(
    Arrival arrival,
    String id,
    String sender,
    String type,
    String control,
    String digest,
    String body,
    int kept) {

  /** Never the body. */
  @Override
  public String toString() {
    return "Sealed[" + id + "]";
  }
}
