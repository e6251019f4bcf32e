package pontic.sandbox.hospital;

import ca.uhn.fhir.rest.annotation.Transaction;
import ca.uhn.fhir.rest.annotation.TransactionParam;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;

/**
 * Transaction Bundles: all entries or none, one identity at most once. Public because HAPI calls
 * it.
 */
public final class TransactionEndpoint {
  private final Resources resources;
  private final Set<String> types;
  private final AtomicInteger received;

  TransactionEndpoint(Resources resources, Set<String> types, AtomicInteger received) {
    this.resources = resources;
    this.types = types;
    this.received = received;
  }

  @Transaction
  public Bundle transaction(@TransactionParam Bundle request) {
    received.incrementAndGet();
    if (request.getType() != Bundle.BundleType.TRANSACTION) {
      throw new InvalidRequestException("Only Bundles of type transaction are understood");
    }
    return resources.whole(
        () -> {
          Bundle answer = new Bundle().setType(Bundle.BundleType.TRANSACTIONRESPONSE);
          Set<String> seen = new HashSet<>();
          for (Bundle.BundleEntryComponent entry : request.getEntry()) {
            String url = entry.getRequest().getUrl();
            if (entry.getRequest().getMethod() == Bundle.HTTPVerb.PUT && !seen.add(url)) {
              throw new InvalidRequestException("One identity stands twice in the transaction");
            }
            answer.addEntry(stored(entry));
          }
          return answer;
        });
  }

  private Bundle.BundleEntryComponent stored(Bundle.BundleEntryComponent entry) {
    Resource resource = entry.getResource();
    if (resource == null || !types.contains(resource.fhirType())) {
      throw new InvalidRequestException("Only these types are kept here: " + types);
    }
    Arrival arrival = apply(entry.getRequest(), resource);
    Bundle.BundleEntryComponent answer = new Bundle.BundleEntryComponent();
    answer
        .getResponse()
        .setStatus(arrival.version() == 1 ? "201 Created" : "200 OK")
        .setLocation(arrival.resource().getIdElement().getValue())
        .setEtag("W/\"" + arrival.version() + "\"")
        .setLastModified(Date.from(arrival.at()));
    return answer;
  }

  private Arrival apply(Bundle.BundleEntryRequestComponent request, Resource resource) {
    String type = resource.fhirType();
    String url = request.getUrl();
    if (request.getMethod() == Bundle.HTTPVerb.POST && url.equals(type)) {
      return resources.create(resource);
    }
    if (request.getMethod() == Bundle.HTTPVerb.PUT && url.startsWith(type + "?")) {
      return resources.putWhere(IdentifierCondition.of(url), resource);
    }
    if (request.getMethod() == Bundle.HTTPVerb.PUT && url.startsWith(type + "/")) {
      return resources.put(new IdType(url).getIdPart(), resource);
    }
    throw new InvalidRequestException("Only POST type, PUT type/id and PUT type?identifier= work");
  }
}
