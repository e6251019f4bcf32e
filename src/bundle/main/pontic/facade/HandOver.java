package pontic.facade;

import java.util.List;
import pontic.accept.Accepted;
import pontic.accept.FhirPart;

/** Gives the messages of one request to the route {@code accept-fhir}, which stores them. */
@FunctionalInterface
public interface HandOver {

  /**
   * Returns once all are on disk; throws if none is.
   *
   * @param practice id of the practice whose base was called
   * @param client id of the client that called
   * @return in the order of the parts
   */
  List<Accepted> handOver(String practice, String client, List<FhirPart> parts);
}
