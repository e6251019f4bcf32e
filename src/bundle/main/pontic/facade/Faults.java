package pontic.facade;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.UnclassifiedServerFailureException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;

/**
 * Answers that go wrong, as OperationOutcome in our own words: never a class name, never a value
 * that was sent.
 */
@Interceptor
public final class Faults {

  static final String NOT_STORED =
      "Pontic could not store the message; nothing was accepted; send it again later";

  private final FhirContext fhir;

  Faults(FhirContext fhir) {
    this.fhir = fhir;
  }

  /** Every fault of the FHIR server leaves through here; its own text may quote the body. */
  @Hook(Pointcut.SERVER_PRE_PROCESS_OUTGOING_EXCEPTION)
  public BaseServerResponseException ours(Throwable thrown) {
    int status = thrown instanceof BaseServerResponseException fault ? fault.getStatusCode() : 500;
    String text =
        switch (status) {
          case 400 ->
              "The request is not one that is taken here: the body must be one FHIR R4 Patient in JSON, with elements and"
                  + " values that R4 knows, and for an update with the id of the URL";
          case 404 -> "There is no such resource type or address here; see /metadata";
          case 405, 501 -> "This interaction is not offered here; see /metadata";
          case 503 -> NOT_STORED;
          default ->
              status < 500
                  ? "The request was refused; see /metadata"
                  : "Pontic failed on this request; nothing was accepted";
        };
    UnclassifiedServerFailureException ours = new UnclassifiedServerFailureException(status, text);
    ours.setOperationOutcome(outcome(IssueSeverity.ERROR, type(status), text));
    return ours;
  }

  private static IssueType type(int status) {
    return switch (status) {
      case 400 -> IssueType.INVALID;
      case 401 -> IssueType.LOGIN;
      case 404 -> IssueType.NOTFOUND;
      case 405, 415, 501 -> IssueType.NOTSUPPORTED;
      case 413 -> IssueType.TOOLONG;
      case 503 -> IssueType.TRANSIENT;
      default -> status < 500 ? IssueType.PROCESSING : IssueType.EXCEPTION;
    };
  }

  static OperationOutcome outcome(IssueSeverity severity, IssueType type, String text) {
    OperationOutcome outcome = new OperationOutcome();
    outcome.addIssue().setSeverity(severity).setCode(type).setDiagnostics(text);
    return outcome;
  }

  /** Writes a fault that was found before the FHIR server was asked. */
  void answer(HttpServletResponse response, int status, String text) throws IOException {
    response.setStatus(status);
    response.setContentType("application/fhir+json;charset=UTF-8");
    String body =
        fhir.newJsonParser()
            .encodeResourceToString(outcome(IssueSeverity.ERROR, type(status), text));
    response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
  }
}
