package pontic.answer;

import java.util.Map;
import java.util.stream.Collectors;
import pontic.receipt.End;

/**
 * How a message ended, as its sender is told: in words without patient data.
 *
 * @param code AA if Open Dental has what the message says, or need not have it; AE if it refused
 *     it; AR if a person gave it up
 */
record Ended(String code, String words) {
  /**
   * @param messageId named where its receipt says more
   * @param reason of the receipt
   * @param newer MSH-10 of the sender's message that took this one's place; "" if there is none
   * @param keys of rows that are in Open Dental, by name
   * @param remarks how many sentences its receipt has beside
   */
  static Ended of(
      String messageId, End end, String reason, String newer, Map<String, Long> keys, int remarks) {
    String more =
        remarks == 0
            ? ""
            : " ("
                + remarks
                + (remarks == 1 ? " remark" : " remarks")
                + " on receipt "
                + messageId
                + ")";
    return switch (end) {
      case LANDED -> new Ended("AA", "landed" + more);
      case NO_CHANGE -> new Ended("AA", "no change: " + reason + more);
      case FOLDED_INTO ->
          new Ended(
              "AA", "folded into " + named(newer) + ", which said all of it and went well" + more);
      case SUPERSEDED_BY ->
          new Ended("AA", "superseded by " + named(newer) + ": nothing of it was written" + more);
      case DUPLICATE_OF -> new Ended("AA", "duplicate of " + reason);
      // Ahead of the reason, whose end a long answer loses.
      case REFUSED ->
          new Ended(
              "AE",
              (keys.isEmpty() ? "refused: " : "refused, but of it stands " + words(keys) + ": ")
                  + reason);
      // Who gave it up and with which words is the practice's own.
      case DROPPED ->
          new Ended(
              "AR",
              "given up by a person: nothing more of it will be written"
                  + (keys.isEmpty() ? "" : "; of it stands " + words(keys)));
      case PARKED -> throw new IllegalArgumentException("parked is no end for the sender");
    };
  }

  /** Receipts are not kept for ever. */
  private static String named(String newer) {
    return newer.isEmpty() ? "a newer message" : newer;
  }

  private static String words(Map<String, Long> keys) {
    return keys.entrySet().stream()
        .map(key -> key.getKey() + " " + key.getValue())
        .collect(Collectors.joining(", "));
  }

  boolean isWell() {
    return code.equals("AA");
  }
}
