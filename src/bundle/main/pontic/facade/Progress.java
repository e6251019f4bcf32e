package pontic.facade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Task;
import org.hl7.fhir.r4.model.Task.TaskIntent;
import org.hl7.fhir.r4.model.Task.TaskStatus;

/**
 * What became of a message, as the Task that its client gave to the practice. It says what the
 * receipt says at that moment: completed is only what has its end in Open Dental.
 */
final class Progress {
  private static final String MESSAGES = "urn:pontic:%s:message";
  private static final String REQUESTS = "urn:pontic:%s:request";

  /** How a reason begins if the office's API was asked and said no (opendental.Gate). */
  private static final String TRIED = "Open Dental refused ";

  private final String practice;
  private final String client;

  Progress(String practice, String client) {
    this.practice = practice;
    this.client = client;
  }

  /**
   * Those of one request, in its order.
   *
   * @param request its X-Request-Id
   */
  Bundle all(List<Receipt> receipts, String request) {
    Bundle bundle = new Bundle();
    bundle.setType(Bundle.BundleType.SEARCHSET).setTotal(receipts.size());
    bundle
        .addLink()
        .setRelation("self")
        .setUrl("/fhir/" + practice + "/Task?group-identifier=" + request);
    for (Receipt each : receipts) {
      Task task = of(each);
      task.getGroupIdentifier().setSystem(REQUESTS.formatted(practice)).setValue(request);
      bundle
          .addEntry()
          .setFullUrl("/fhir/" + practice + "/Task/" + each.message())
          .setResource(task)
          .getSearch()
          .setMode(Bundle.SearchEntryMode.MATCH);
    }
    return bundle;
  }

  Task of(Receipt receipt) {
    ObjectNode said = receipt.json();
    Task task = new Task();
    task.setId(receipt.message());
    task.addIdentifier().setSystem(MESSAGES.formatted(practice)).setValue(receipt.message());
    // Of an entry of a Bundle with its place.
    task.addIdentifier().setSystem(REQUESTS.formatted(practice)).setValue(receipt.controlId());
    task.setStatus(
        status(
            receipt.end(),
            receipt.reason(),
            !said.path("keys").isEmpty(),
            said.path("state").asText()));
    task.setIntent(TaskIntent.ORDER);
    task.setCode(
        new CodeableConcept().setText("Write to Open Dental: " + said.path("type").asText()));
    task.setAuthoredOn(date(said.path("acceptedAt").asText()));
    task.setLastModified(date(said.path(receipt.isOpen() ? "acceptedAt" : "endedAt").asText()));
    task.getRequester().setDisplay(client);
    task.setOwner(new Reference().setDisplay("Pontic for practice " + practice));
    if (!receipt.isOpen()) {
      task.setBusinessStatus(new CodeableConcept().setText(receipt.end()));
    }
    if (!receipt.reason().isEmpty()) {
      task.setStatusReason(new CodeableConcept().setText(receipt.reason()));
    }
    said.path("keys").fields().forEachRemaining(key -> output(task, key.getKey(), key.getValue()));
    said.path("warnings").forEach(each -> output(task, "remark", each));
    return task;
  }

  private static void output(Task task, String what, JsonNode value) {
    task.addOutput()
        .setType(new CodeableConcept().setText(what))
        .setValue(value.isInt() ? new IntegerType(value.asInt()) : new StringType(value.asText()));
  }

  /**
   * @param end of the receipt, "" while it is open
   * @param stands whether anything of it is in Open Dental
   * @param state accepted, understood or ended
   */
  static TaskStatus status(String end, String reason, boolean stands, String state) {
    return switch (end) {
      case "" -> state.equals("accepted") ? TaskStatus.ACCEPTED : TaskStatus.INPROGRESS;
      case "parked" -> TaskStatus.ONHOLD;
      case "landed", "no change", "folded into" -> TaskStatus.COMPLETED;
      case "refused" ->
          stands || reason.startsWith(TRIED) ? TaskStatus.FAILED : TaskStatus.REJECTED;
      // Nothing of it was written, or nothing more will be.
      case "superseded by", "duplicate of", "dropped" -> TaskStatus.CANCELLED;
      default -> throw new IllegalArgumentException("no end of a message: " + end);
    };
  }

  private static Date date(String instant) {
    return Date.from(Instant.parse(instant));
  }
}
