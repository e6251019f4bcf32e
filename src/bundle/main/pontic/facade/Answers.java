package pontic.facade;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import pontic.facade.FhirServlet.Told;

/** What a client is told of what it sent, by the receipts that there are. */
final class Answers {
  private static final String PROCESS_MESSAGE = "/$process-message";

  private final String practice;
  private final String requestId;
  private final List<Told> told;
  private final boolean bundle;
  private final String path;

  /**
   * @param told in the order of the request
   */
  Answers(String practice, String requestId, List<Told> told, boolean bundle, String path) {
    this.practice = practice;
    this.requestId = requestId;
    this.told = List.copyOf(told);
    this.bundle = bundle;
    this.path = Optional.ofNullable(path).orElse("/");
  }

  /**
   * @param ended receipts by message; who is missing is open
   */
  void write(HttpServletResponse response, Map<String, Receipt> ended, Faults faults)
      throws IOException {
    String status =
        bundle
            ? Facade.STATUS_OF.formatted(practice, "request/" + requestId)
            : Facade.STATUS_OF.formatted(practice, told.get(0).message());
    response.setHeader("Content-Location", status);
    response.setHeader("Location", status);
    if (!bundle) {
      Optional<Receipt> receipt = Optional.ofNullable(ended.get(told.get(0).message()));
      faults.answer(response, code(told.get(0), receipt), outcome(told.get(0), receipt));
      return;
    }
    boolean all = told.stream().allMatch(each -> ended.containsKey(each.message()));
    IBaseResource answer = path.equals(PROCESS_MESSAGE) ? message(ended) : transaction(ended);
    faults.answer(response, all ? 200 : 202, answer);
  }

  private Bundle transaction(Map<String, Receipt> ended) {
    Bundle answer = new Bundle();
    answer.setType(Bundle.BundleType.TRANSACTIONRESPONSE);
    for (Told each : told) {
      Optional<Receipt> receipt = Optional.ofNullable(ended.get(each.message()));
      answer
          .addEntry()
          .getResponse()
          .setStatus(words(code(each, receipt)))
          .setLocation(Facade.STATUS_OF.formatted(practice, each.message()))
          .setOutcome(outcome(each, receipt));
    }
    return answer;
  }

  private Bundle message(Map<String, Receipt> ended) {
    Bundle answer = new Bundle();
    answer.setType(Bundle.BundleType.MESSAGE);
    boolean refused =
        told.stream()
            .map(each -> ended.get(each.message()))
            .anyMatch(each -> each != null && !isTaken(each.end()));
    MessageHeader header = new MessageHeader();
    header.setSource(new MessageHeader.MessageSourceComponent().setEndpoint("/fhir/" + practice));
    header
        .getResponse()
        .setIdentifier(requestId)
        .setCode(refused ? MessageHeader.ResponseType.FATALERROR : MessageHeader.ResponseType.OK);
    answer.addEntry().setResource(header);
    OperationOutcome details = new OperationOutcome();
    for (Told each : told) {
      Optional<Receipt> receipt = Optional.ofNullable(ended.get(each.message()));
      outcome(each, receipt).getIssue().forEach(details::addIssue);
    }
    answer.addEntry().setResource(details);
    return answer;
  }

  private static boolean isTaken(String end) {
    return !end.equals("refused") && !end.equals("dropped");
  }

  /** Held for a person is not yet known: 202. */
  private static int code(Told each, Optional<Receipt> receipt) {
    return switch (receipt.map(Receipt::end).orElse("")) {
      case "landed" -> each.part().action() == Action.CREATE ? 201 : 200;
      case "no change", "superseded by", "folded into", "duplicate of" -> 200;
      case "refused" -> receipt.get().reason().startsWith("several match") ? 412 : 422;
      case "dropped" -> 422;
      default -> 202;
    };
  }

  private static String words(int code) {
    return switch (code) {
      case 200 -> "200 OK";
      case 201 -> "201 Created";
      case 202 -> "202 Accepted";
      case 412 -> "412 Precondition Failed";
      default -> "422 Unprocessable Entity";
    };
  }

  private OperationOutcome outcome(Told each, Optional<Receipt> receipt) {
    String message = each.message();
    String status = Facade.STATUS_OF.formatted(practice, message);
    if (receipt.isEmpty()) {
      return Faults.outcome(
          IssueSeverity.INFORMATION,
          IssueType.INFORMATIONAL,
          "Accepted as message " + message + "; what becomes of it stands at " + status);
    }
    String end = receipt.get().end();
    String reason = receipt.get().reason();
    String keys = receipt.get().json().path("keys").toString();
    String text =
        "Message "
            + message
            + " has ended: "
            + end
            + (reason.isEmpty() ? "" : "; " + reason)
            + (keys.equals("{}") ? "" : "; " + keys.replaceAll("[{}\"]", "").replace(":", " "))
            + "; see "
            + status;
    boolean held = end.equals("parked");
    OperationOutcome outcome =
        Faults.outcome(
            held
                ? IssueSeverity.WARNING
                : isTaken(end) ? IssueSeverity.INFORMATION : IssueSeverity.ERROR,
            held
                ? IssueType.INCOMPLETE
                : isTaken(end) ? IssueType.INFORMATIONAL : IssueType.PROCESSING,
            text);
    receipt
        .get()
        .json()
        .path("warnings")
        .forEach(
            warning ->
                outcome
                    .addIssue()
                    .setSeverity(IssueSeverity.WARNING)
                    .setCode(IssueType.INFORMATIONAL)
                    .setDiagnostics(warning.asText()));
    return outcome;
  }
}
