package pontic.answer;

/**
 * The answer that one holder of the lease gives next.
 *
 * @param messageId the message that it is about; "" if there is nothing to do
 * @param epoch of the lease; whoever comes back later than its lease stores nothing
 * @param deadline of {@link System#nanoTime()}: not sent after it
 * @param wire its bytes
 */
public record AnswerClaim(
    String practice, String destination, String messageId, long epoch, long deadline, byte[] wire) {

  /** Nothing due, or someone else is at it. */
  static AnswerClaim nothing(String practice, String destination) {
    return new AnswerClaim(practice, destination, "", 0, 0, new byte[0]);
  }

  public boolean isEmpty() {
    return messageId.isEmpty();
  }

  /** Ids only. */
  @Override
  public String toString() {
    return "AnswerClaim[" + practice + " " + destination + " " + messageId + "]";
  }
}
