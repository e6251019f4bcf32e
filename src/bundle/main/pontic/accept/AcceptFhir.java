package pontic.accept;

import java.util.List;
import java.util.Optional;

/** What {@code accept-fhir} says: stores what the façade hands over. */
public final class AcceptFhir {
  /** What belongs to one visit is no load: patient, guarantor, appointment, what they bring. */
  private static final int FEW = 10;

  private final Inbox inbox;

  public AcceptFhir(Inbox inbox) {
    this.inbox = inbox;
  }

  /** All parts of one request, in one unit and in their order; or none. */
  public List<Accepted> store(List<FhirPart> parts, String practice, String client) {
    return inbox.together(
        parts.stream()
            .map(
                part ->
                    new Arrival(
                        practice,
                        "accept-fhir",
                        client,
                        part.type(),
                        part.requestId(),
                        part.body(),
                        "",
                        "202",
                        Optional.empty(),
                        parts.size() > FEW))
            .toList());
  }
}
