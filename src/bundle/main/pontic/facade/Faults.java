package pontic.facade;

import ca.uhn.fhir.context.FhirContext;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;

/**
 * Answers in FHIR's terms and in our own words: never a class name, never a value that was sent.
 */
final class Faults {

  static final String NOT_STORED =
      "Pontic could not store the message; nothing was accepted; send it again later";

  /** With each 503: what is away is looked at again that soon. */
  static final String RETRY_AFTER_SECONDS = "5";

  /** Of all that is answered. */
  static final String MEDIA = "application/fhir+json;charset=UTF-8";

  private final FhirContext fhir;

  Faults(FhirContext fhir) {
    this.fhir = fhir;
  }

  private static IssueType type(int status) {
    return switch (status) {
      case 400 -> IssueType.INVALID;
      case 401 -> IssueType.LOGIN;
      case 403 -> IssueType.FORBIDDEN;
      case 404 -> IssueType.NOTFOUND;
      case 405, 406, 415, 501 -> IssueType.NOTSUPPORTED;
      case 413 -> IssueType.TOOLONG;
      case 408 -> IssueType.TIMEOUT;
      case 503 -> IssueType.TRANSIENT;
      default -> status < 500 ? IssueType.PROCESSING : IssueType.EXCEPTION;
    };
  }

  static OperationOutcome outcome(IssueSeverity severity, IssueType type, String text) {
    OperationOutcome outcome = new OperationOutcome();
    outcome.addIssue().setSeverity(severity).setCode(type).setDiagnostics(text);
    return outcome;
  }

  /** The body of such an answer. */
  String text(int status, String text) {
    return fhir.newJsonParser()
        .encodeResourceToString(outcome(IssueSeverity.ERROR, type(status), text));
  }

  void answer(HttpServletResponse response, int status, String text) throws IOException {
    answer(response, status, outcome(IssueSeverity.ERROR, type(status), text));
  }

  void answer(HttpServletResponse response, int status, IBaseResource resource) throws IOException {
    response.getOutputStream().write(begin(response, status, resource));
  }

  /**
   * All of an answer but its body.
   *
   * @return the body, which is to be written
   */
  byte[] begin(HttpServletResponse response, int status, IBaseResource resource) {
    response.setStatus(status);
    if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    }
    response.setContentType(MEDIA);
    return fhir.newJsonParser().encodeResourceToString(resource).getBytes(StandardCharsets.UTF_8);
  }
}
