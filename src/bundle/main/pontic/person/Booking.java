package pontic.person;

/**
 * One appointment as the senders mean it.
 *
 * @param aptNum 0 until known
 * @param state waiting, known or cancelled
 */
public record Booking(String practice, String id, long aptNum, String personId, String state) {
  public boolean known() {
    return aptNum != 0;
  }
}
