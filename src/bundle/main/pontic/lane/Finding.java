package pontic.lane;

/** What the reads of one settle round say about an unclear write. */
public sealed interface Finding {

  /** One more read is needed in this round. */
  record Probe(ApiRequest request) implements Finding {}

  /** The row is there, and this is why it is ours. */
  record Landed(long key, String evidence) implements Finding {}

  /** The row is not there, or what is there is not ours. */
  record Absent(String evidence) implements Finding {}

  /**
   * A row is there and nothing tells whose it is.
   *
   * @param candidates PatNums, where it is a patient (decision 0443)
   */
  record Doubtful(String reason, java.util.List<Long> candidates) implements Finding {}
}
