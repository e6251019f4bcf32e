package pontic.facade;

import ca.uhn.fhir.rest.annotation.Create;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Update;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.exceptions.UnclassifiedServerFailureException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes patients in for one practice. Both interactions only accept: what became of a message
 * stands at its status address. The id of an update is the sender's own logical id, not one of
 * ours.
 */
public final class Patients implements IResourceProvider {

  private static final Logger LOG = LoggerFactory.getLogger(Patients.class);

  private final String practice;
  private final HandOver handOver;

  Patients(String practice, HandOver handOver) {
    this.practice = practice;
    this.handOver = handOver;
  }

  @Override
  public Class<Patient> getResourceType() {
    return Patient.class;
  }

  @Create
  public MethodOutcome create(
      @ResourceParam Patient patient, HttpServletRequest request, HttpServletResponse response) {
    return accept("Patient", request, response);
  }

  @Update
  public MethodOutcome update(
      @IdParam IdType id,
      @ResourceParam Patient patient,
      HttpServletRequest request,
      HttpServletResponse response) {
    return accept("Patient/update", request, response);
  }

  private MethodOutcome accept(
      String type, HttpServletRequest request, HttpServletResponse response) {
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
