package pontic.person;

/**
 * One patient as the senders mean it.
 *
 * @param state waiting, known, held or merged
 * @param patNum 0 until known
 * @param heldBy the message that was doubtful, "" if none
 */
public record Person(String practice, String id, String state, long patNum, String heldBy) {
  public boolean known() {
    return patNum != 0;
  }

  public boolean held() {
    return state.equals("held");
  }
}
