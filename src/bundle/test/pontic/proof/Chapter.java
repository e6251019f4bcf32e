package pontic.proof;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import pontic.sandbox.hospital.Hospital;

/**
 * What is sent about one patient, message by message, each after the one before it has its end. All
 * begin with the patient's registration.
 */
enum Chapter {
  PERSON,
  BOOKING,
  ALLERGY,
  PROBLEM,
  MEDICATION,
  TALK,
  FILE,
  PERIO;

  /** The longest has so many messages. */
  static final int ROUNDS = 4;

  /**
   * A message: a frame of HL7 v2, or a resource that is put under an id of the client's.
   *
   * @param path below the practice's base, "" for a frame
   */
  record Message(String controlId, String path, String body) {
    boolean isFrame() {
      return path.isEmpty();
    }

    byte[] bytes() {
      return body.getBytes(StandardCharsets.UTF_8);
    }

    Message under(String otherControlId) {
      return new Message(
          otherControlId,
          path,
          isFrame() ? body.replace("|" + controlId + "|", "|" + otherControlId + "|") : body);
    }
  }

  /** The messages of a round: one, or none after the chapter's last. */
  List<Message> messages(Subject of, int round, String practice, long patNum) {
    String id = of.control() + "-" + round;
    if (round == 0) {
      return List.of(frame(id, Hospital.adt("A28", id, of.patient())));
    }
    return switch (this) {
      case PERSON ->
          round == 1
              ? List.of(frame(id, Hospital.adt("A08", id, of.patient().withPhone(of.otherPhone()))))
              : List.of();
      case BOOKING -> booking(of, round, id);
      default -> chart(of, round, id, practice, patNum);
    };
  }

  private static List<Message> booking(Subject of, int round, String id) {
    LocalDateTime at = of.day().atTime(9, 0);
    String placer = "PL-" + of.control();
    return switch (round) {
      case 1 -> List.of(frame(id, Hospital.siu("S12", id, of.patient(), placer, at, 30, "first")));
      case 2 ->
          List.of(
              frame(
                  id,
                  Hospital.siu("S13", id, of.patient(), placer, at.plusHours(2), 40, "second")));
      case 3 ->
          List.of(
              frame(id, Hospital.siu("S15", id, of.patient(), placer, at.plusHours(2), 40, "")));
      default -> List.of();
    };
  }

  private List<Message> chart(Subject of, int round, String id, String practice, long patNum) {
    if (round > (this == FILE ? 1 : 2)) {
      return List.of();
    }
    String body =
        template(round > 1)
            .replace("PATIENT", practice + "-patient-" + patNum)
            .replace("WORD", of.word())
            .replace("OWN", of.control());
    return List.of(new Message(id, "/" + type() + "/" + of.control(), body));
  }

  private String type() {
    return switch (this) {
      case ALLERGY -> "AllergyIntolerance";
      case PROBLEM -> "Condition";
      case MEDICATION -> "MedicationStatement";
      case TALK -> "Communication";
      case FILE -> "DocumentReference";
      case PERIO -> "Observation";
      default -> throw new IllegalStateException(this + " is told by frames");
    };
  }

  /** A depth that the strings of an exam can say, and what they cannot: the tooth's grade. */
  private static String perio(int depth) {
    return """
{"resourceType": "Observation", "id": "OWN", "status": "final", "subject": {"reference": "Patient/PATIENT"}, "effectiveDateTime": "2026-02-03",
 "code": {"coding": [{"system": "http://loinc.org", "code": "86603-8"}]}, "note": [{"text": "WORD"}],
 "hasMember": [{"reference": "#depth"}, {"reference": "#grade"}, {"reference": "#other"}],
 "contained": [
  {"resourceType": "Observation", "id": "depth", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "32910-2"}]},
   "bodySite": {"coding": [{"system": "urn:iso:std:iso:3950", "code": "18"}]},
   "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "LA9271-3"}]}, "valueQuantity": {"value": DEPTH, "code": "mm"}}]},
  {"resourceType": "Observation", "id": "grade", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "34005-9"}]},
   "bodySite": {"coding": [{"system": "urn:iso:std:iso:3950", "code": "18"}]}, "valueInteger": 2},
  {"resourceType": "Observation", "id": "other", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "34005-9"}]},
   "bodySite": {"coding": [{"system": "urn:iso:std:iso:3950", "code": "46"}]}, "valueInteger": 1}]}
"""
        .replace("DEPTH", Integer.toString(depth));
  }

  private String template(boolean changed) {
    return switch (this) {
      case ALLERGY ->
          """
{"resourceType": "AllergyIntolerance", "id": "OWN", "patient": {"reference": "Patient/PATIENT"}, "code": {"text": "WORD"},
 "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "%s"}]},
 "reaction": [{"manifestation": [{"text": "hives"}]}]}
"""
              .formatted(changed ? "inactive" : "active");
      case PROBLEM ->
          """
{"resourceType": "Condition", "id": "OWN", "subject": {"reference": "Patient/PATIENT"}, "code": {"text": "WORD"},
 "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "%s"}]},
 "onsetDateTime": "2019-03-04"%s}
"""
              .formatted(
                  changed ? "resolved" : "active",
                  changed ? ", \"abatementDateTime\": \"2025-01-02\"" : "");
      case MEDICATION ->
          """
{"resourceType": "MedicationStatement", "id": "OWN", "status": "%s", "subject": {"reference": "Patient/PATIENT"},
 "medicationCodeableConcept": {"text": "WORD"}, "effectivePeriod": {"start": "2024-05-06"%s}, "dosage": [{"text": "one a day"}]}
"""
              .formatted(
                  changed ? "completed" : "active", changed ? ", \"end\": \"2025-07-08\"" : "");
      case TALK ->
          """
{"resourceType": "Communication", "id": "OWN", "status": "completed", "subject": {"reference": "Patient/PATIENT"},
 "sent": "2026-02-03T15:00:00Z", "medium": [{"coding": [{"code": "PHONE"}]}], "payload": [{"contentString": "WORD%s"}]}
"""
              .formatted(changed ? " and more" : "");
      case PERIO -> perio(changed ? 5 : 3);
      default ->
          """
{"resourceType": "DocumentReference", "id": "OWN", "status": "current", "subject": {"reference": "Patient/PATIENT"}, "description": "WORD",
 "content": [{"attachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQK"}}]}
""";
    };
  }

  private static Message frame(String controlId, byte[] bytes) {
    return new Message(controlId, "", new String(bytes, StandardCharsets.UTF_8));
  }
}
