package pontic.facade;

import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.server.exceptions.UnclassifiedServerFailureException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands one resource over and answers 202 with the address of its status. */
final class Acceptance {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptance.class);

  private final String practice;
  private final HandOver handOver;

  Acceptance(String practice, HandOver handOver) {
    this.practice = practice;
    this.handOver = handOver;
  }

  MethodOutcome accept(String type, HttpServletRequest request, HttpServletResponse response) {
    String message = handedOver(type, request);
    String status = Facade.STATUS_OF.formatted(practice, message);
    response.setHeader("Content-Location", status);
    response.setHeader("Location", status);
    MethodOutcome outcome = new MethodOutcome();
    outcome.setCreated(false);
    outcome.setResponseStatusCode(HttpServletResponse.SC_ACCEPTED);
    outcome.setOperationOutcome(
        Faults.outcome(
            IssueSeverity.INFORMATION,
            IssueType.INFORMATIONAL,
            "Accepted as message " + message + "; what becomes of it stands at " + status));
    return outcome;
  }

  private String handedOver(String type, HttpServletRequest request) {
    String client = (String) request.getAttribute(Gate.CLIENT);
    byte[] body = (byte[]) request.getAttribute(Gate.BODY);
    String requestId = (String) request.getAttribute(Gate.REQUEST_ID);
    try {
      return handOver.handOver(practice, client, type, body, requestId).messageId();
    } catch (RuntimeException e) {
      LOG.warn(
          "facade: a message for {} could not be stored ({}); the client was told so",
          practice,
          e.getClass().getSimpleName());
      throw new UnclassifiedServerFailureException(
          HttpServletResponse.SC_SERVICE_UNAVAILABLE, Faults.NOT_STORED);
    }
  }
}
