package pontic.accept;

/** What {@code accept-fhir} says: stores what the façade hands over. */
public final class AcceptFhir {
  private final Inbox inbox;

  public AcceptFhir(Inbox inbox) {
    this.inbox = inbox;
  }

  /**
   * @param requestId the sender's own id of the request; "" if it gave none
   */
  public Accepted store(
      byte[] body, String practice, String client, String type, String requestId) {
    return inbox.accept(
        new Arrival(practice, "accept-fhir", client, type, requestId, body, "", "202"));
  }
}
