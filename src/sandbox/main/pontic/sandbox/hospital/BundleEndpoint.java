package pontic.sandbox.hospital;

import ca.uhn.fhir.rest.annotation.Transaction;
import ca.uhn.fhir.rest.annotation.TransactionParam;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleEntryRequestComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Resource;

/**
 * Bundles of type transaction (all entries or none, one identity at most once, reads after writes)
 * and batch (each entry by itself). Public because HAPI calls it.
 */
public final class BundleEndpoint {
  private final Resources resources;
  private final Set<String> types;
  private final AtomicInteger received = new AtomicInteger();
  private volatile boolean minds = true;

  BundleEndpoint(Resources resources, Set<String> types) {
    this.resources = resources;
    this.types = types;
  }

  @Transaction
  public Bundle received(@TransactionParam Bundle request) {
    received.incrementAndGet();
    return apply(request);
  }

  /**
   * @param heeded false: {@code ifNoneMatch} in a Bundle has no effect, as at HAPI's JPA server
   */
  void ifNoneMatch(boolean heeded) {
    minds = heeded;
  }

  /** Bundles that came in so far, refused ones included. */
  int count() {
    return received.get();
  }

  /**
   * @throws BaseServerResponseException if a transaction is refused; nothing of it is stored then
   */
  Bundle apply(Bundle request) {
    if (request.getType() == Bundle.BundleType.TRANSACTION) {
      return resources.whole(() -> transaction(request.getEntry()));
    }
    if (request.getType() == Bundle.BundleType.BATCH) {
      Bundle answer = new Bundle().setType(Bundle.BundleType.BATCHRESPONSE);
      request.getEntry().forEach(entry -> answer.addEntry(byItself(entry)));
      return answer;
    }
    throw new InvalidRequestException("Only Bundles of type transaction and batch are understood");
  }

  private Bundle transaction(List<BundleEntryComponent> entries) {
    Set<String> seen = new HashSet<>();
    BundleEntryComponent[] answers = new BundleEntryComponent[entries.size()];
    for (boolean reads : List.of(false, true)) {
      for (int i = 0; i < answers.length; i++) {
        BundleEntryRequestComponent request = entries.get(i).getRequest();
        if (reads == (request.getMethod() == HTTPVerb.GET)) {
          try {
            if (request.getMethod() == HTTPVerb.PUT && !seen.add(request.getUrl())) {
              throw new InvalidRequestException("One identity stands twice in the transaction");
            }
            answers[i] = answer(entries.get(i));
          } catch (BaseServerResponseException e) {
            e.setOperationOutcome(outcome(e, "Bundle.entry[" + i + "]"));
            throw e;
          }
        }
      }
    }
    return new Bundle()
        .setType(Bundle.BundleType.TRANSACTIONRESPONSE)
        .setEntry(Arrays.asList(answers));
  }

  private BundleEntryComponent byItself(BundleEntryComponent entry) {
    try {
      return answer(entry);
    } catch (BaseServerResponseException e) {
      BundleEntryComponent answer = new BundleEntryComponent();
      answer
          .getResponse()
          .setStatus(String.valueOf(e.getStatusCode()))
          .setOutcome(outcome(e, entry.getRequest().getUrl().split("[/?]")[0]));
      return answer;
    }
  }

  private BundleEntryComponent answer(BundleEntryComponent entry) {
    BundleEntryRequestComponent request = entry.getRequest();
    if (request.getMethod() == HTTPVerb.GET) {
      return read(request.getUrl());
    }
    Resource resource = entry.getResource();
    if (resource == null || !types.contains(resource.fhirType())) {
      throw new InvalidRequestException("Only these types are kept here: " + types);
    }
    Arrival arrival = write(request, resource);
    return answer(arrival.version() == 1 ? "201 Created" : "200 OK", arrival);
  }

  private Arrival write(BundleEntryRequestComponent request, Resource resource) {
    String type = resource.fhirType();
    String url = request.getUrl();
    if (request.hasIfNoneExist()) {
      throw new InvalidRequestException("ifNoneExist is not understood here");
    }
    Precondition demand =
        new Precondition(request.getIfMatch(), minds ? request.getIfNoneMatch() : "");
    if (request.getMethod() == HTTPVerb.POST && url.equals(type)) {
      return resources.create(resource);
    }
    if (request.getMethod() == HTTPVerb.PUT && url.startsWith(type + "?")) {
      return resources.putWhere(IdentifierCondition.of(url), resource, demand);
    }
    if (request.getMethod() == HTTPVerb.PUT && url.startsWith(type + "/")) {
      return resources.put(new IdType(url).getIdPart(), resource, demand);
    }
    throw new InvalidRequestException(
        "Only GET, POST type, PUT type/id and PUT type?identifier= work in a Bundle");
  }

  private BundleEntryComponent read(String url) {
    String type = url.split("[/?]")[0];
    if (!types.contains(type)) {
      throw new InvalidRequestException("Only these types are kept here: " + types);
    }
    if (url.startsWith(type + "?")) {
      Bundle found = new Bundle().setType(Bundle.BundleType.SEARCHSET);
      resources
          .withIdentifier(type, IdentifierCondition.of(url))
          .forEach(arrival -> found.addEntry().setResource(arrival.resource().copy()));
      found.setTotal(found.getEntry().size());
      BundleEntryComponent answer = new BundleEntryComponent().setResource(found);
      answer.getResponse().setStatus("200 OK");
      return answer;
    }
    Arrival arrival = resources.read(type, new IdType(url));
    return answer("200 OK", arrival).setResource(arrival.resource().copy());
  }

  private static BundleEntryComponent answer(String status, Arrival arrival) {
    BundleEntryComponent answer = new BundleEntryComponent();
    answer
        .getResponse()
        .setStatus(status)
        .setLocation(arrival.resource().getIdElement().getValue())
        .setEtag("W/\"" + arrival.version() + "\"")
        .setLastModified(Date.from(arrival.at()));
    return answer;
  }

  private static OperationOutcome outcome(BaseServerResponseException e, String expression) {
    OperationOutcome outcome = new OperationOutcome();
    outcome
        .addIssue()
        .setSeverity(OperationOutcome.IssueSeverity.ERROR)
        .setCode(
            switch (e.getStatusCode()) {
              case 404 -> OperationOutcome.IssueType.NOTFOUND;
              case 412 -> OperationOutcome.IssueType.CONFLICT;
              default -> OperationOutcome.IssueType.PROCESSING;
            })
        .setDiagnostics(e.getMessage())
        .addExpression(expression);
    return outcome;
  }
}
