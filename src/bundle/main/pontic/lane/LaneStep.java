package pontic.lane;

/**
 * What a claim found to do: one request, or nothing.
 *
 * @param purpose {@code plan}, {@code call}, {@code settle}, {@code watch}, or {@code nothing}
 * @param sendBefore by {@link System#nanoTime()} of this process; later it must not be put on the
 *     wire
 */
public record LaneStep(
    String purpose,
    String practice,
    long epoch,
    String callId,
    ApiRequest request,
    long sendBefore) {

  static LaneStep nothing(String practice) {
    return new LaneStep(
        "nothing", practice, 0, "", ApiRequest.read("nothing", "", "", java.util.Map.of()), 0);
  }

  /** The same with all that its request takes along. */
  LaneStep with(ApiRequest whole) {
    return new LaneStep(purpose, practice, epoch, callId, whole, sendBefore);
  }

  public boolean isNothing() {
    return purpose.equals("nothing");
  }

  /** Ids only: this text may reach a log. */
  @Override
  public String toString() {
    return "LaneStep[" + purpose + " " + practice + " " + callId + "]";
  }
}
