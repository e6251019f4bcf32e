package pontic.facade;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Type;
import org.hl7.fhir.r4.model.UriType;
import pontic.facade.FhirServlet.Told;

/** What a client is told of what it sent, by the receipts that there are. */
final class Answers {
  private static final Pattern ID = Pattern.compile("(?:urn:uuid:)?([A-Za-z0-9.-]{1,64})");

  private final String practice;
  private final String requestId;
  private final List<Told> told;
  private final JsonNode asked;

  /**
   * @param told in the order of the request
   * @param asked of a message the entry of its MessageHeader; of a transaction an empty object;
   *     missing if one resource came alone
   */
  Answers(String practice, String requestId, List<Told> told, JsonNode asked) {
    this.practice = practice;
    this.requestId = requestId;
    this.told = List.copyOf(told);
    this.asked = asked;
  }

  /**
   * All of the answer but its body.
   *
   * @param ended receipts by message; who is missing is open
   * @return the body, which is to be written
   */
  byte[] begin(HttpServletResponse response, Map<String, Receipt> ended, Faults faults) {
    boolean bundle = asked.isObject();
    String status =
        bundle
            ? Facade.STATUS_OF.formatted(practice, "request/" + requestId)
            : Facade.STATUS_OF.formatted(practice, told.get(0).message(ended));
    response.setHeader("Content-Location", status);
    response.setHeader("Location", status);
    if (!bundle) {
      String message = told.get(0).message(ended);
      Optional<Receipt> receipt = Optional.ofNullable(ended.get(message));
      return faults.begin(response, code(told.get(0), receipt), outcome(message, receipt));
    }
    boolean isThrough =
        told.stream()
            .flatMap(each -> each.messages().stream())
            .allMatch(
                each -> Optional.ofNullable(ended.get(each)).filter(Receipt::isFinal).isPresent());
    IBaseResource answer =
        !asked.has("resource")
            ? transaction(ended)
            // A response is one to what was processed (decision 0419).
            : isThrough ? message(ended) : outcomes(ended);
    return faults.begin(response, isThrough ? 200 : 202, answer);
  }

  /** The same if the answer could not be made or sent: what was sent is accepted all the same. */
  byte[] failed(HttpServletResponse response, Faults faults) {
    String status = Facade.STATUS_OF.formatted(practice, "request/" + requestId);
    response.setHeader("Content-Location", status);
    return faults.begin(
        response,
        500,
        Faults.outcome(
            IssueSeverity.ERROR,
            IssueType.EXCEPTION,
            "What you sent is accepted, and Pontic failed on the answer; what becomes of it stands at "
                + status));
  }

  private Bundle transaction(Map<String, Receipt> ended) {
    Bundle answer = new Bundle();
    answer.setType(Bundle.BundleType.TRANSACTIONRESPONSE);
    for (Told each : told) {
      String message = each.message(ended);
      Optional<Receipt> receipt = Optional.ofNullable(ended.get(message));
      answer
          .addEntry()
          .getResponse()
          .setStatus(words(code(each, receipt)))
          .setLocation(Facade.STATUS_OF.formatted(practice, message))
          .setOutcome(outcome(message, receipt));
    }
    return answer;
  }

  /** Of a message that is through: ok if all of it is well, and nothing else than that. */
  private Bundle message(Map<String, Receipt> ended) {
    Bundle answer = new Bundle();
    answer.setType(Bundle.BundleType.MESSAGE);
    boolean refused =
        told.stream()
            .map(each -> ended.get(each.message(ended)))
            .anyMatch(each -> !isTaken(each.end()));
    String place = "urn:uuid:" + UUID.randomUUID();
    MessageHeader header = new MessageHeader();
    header.setEvent(event());
    header.setSource(new MessageHeader.MessageSourceComponent().setEndpoint("/fhir/" + practice));
    header
        .getResponse()
        .setIdentifier(itsId())
        .setCode(refused ? MessageHeader.ResponseType.FATALERROR : MessageHeader.ResponseType.OK)
        .setDetails(new Reference(place));
    answer.addEntry().setFullUrl("urn:uuid:" + UUID.randomUUID()).setResource(header);
    answer.addEntry().setFullUrl(place).setResource(outcomes(ended));
    return answer;
  }

  /** What became so far of each of what is in focus. */
  private OperationOutcome outcomes(Map<String, Receipt> ended) {
    OperationOutcome all = new OperationOutcome();
    for (Told each : told) {
      String message = each.message(ended);
      outcome(message, Optional.ofNullable(ended.get(message))).getIssue().forEach(all::addIssue);
    }
    return all;
  }

  /** Of what happened the answer speaks too. */
  private Type event() {
    JsonNode coding = asked.at("/resource/eventCoding");
    return coding.isObject()
        ? new Coding()
            .setSystem(coding.path("system").asText())
            .setCode(coding.path("code").asText())
        : new UriType(asked.at("/resource/eventUri").asText());
  }

  /** The MessageHeader's own id, by which its sender knows what is answered. */
  private String itsId() {
    return Stream.of("/resource/id", "/fullUrl")
        .map(each -> ID.matcher(asked.at(each).asText()))
        .filter(Matcher::matches)
        .map(found -> found.group(1))
        .findFirst()
        .orElse(requestId);
  }

  private static boolean isTaken(String end) {
    return !end.equals("refused") && !end.equals("dropped");
  }

  /** Held for a person is not yet known: 202. */
  private static int code(Told each, Optional<Receipt> receipt) {
    return switch (receipt.map(Receipt::end).orElse("")) {
      case "landed" -> each.action() == Action.CREATE ? 201 : 200;
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

  private OperationOutcome outcome(String message, Optional<Receipt> receipt) {
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
