package pontic.accept;

/**
 * One message of a FHIR request.
 *
 * @param type {@code Patient}; {@code Patient/update} if the client named the id; {@code
 *     Appointment#cancel} if a FHIR message named the event
 * @param requestId {@code X-Request-Id} of the client, or a random one; of a Bundle with the place
 *     of the entry behind it. The same id with the same bytes is the same message
 * @param body JSON that R4 knows: the resource as sent, or a Bundle of it and of what it refers to
 */
public record FhirPart(String type, String requestId, byte[] body) {

  /** Never the body. */
  @Override
  public String toString() {
    return "FhirPart[" + type + "]";
  }
}
