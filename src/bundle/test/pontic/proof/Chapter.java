package pontic.proof;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * What is sent about one patient, message by message, each after the one before it has its end. All
 * begin with the patient's registration.
 */
enum Chapter {
  PERSON,
  FIELD,
  BOOKING,
  CONFIRMED,
  PLANNED,
  ALLERGY,
  PROBLEM,
  MEDICATION,
  TALK,
  FILE,
  PERIO,
  REFERRAL,
  TREATMENT,
  COVERAGE,
  PAYMENT;

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

  /** oak is older than a write of these. */
  boolean isForNewerOnly() {
    return this == TALK || this == PERIO || this == REFERRAL;
  }

  /** The messages of a round: one, or none after the chapter's last. */
  List<Message> messages(Subject of, int round, String practice, long patNum) {
    String id = of.control() + "-" + round;
    if (this == FIELD) {
      return patient(of, round, id);
    }
    if (round == 0) {
      return List.of(frame(id, Hospital.adt("A28", id, of.patient())));
    }
    return switch (this) {
      case PERSON ->
          round == 1
              ? List.of(frame(id, Hospital.adt("A08", id, of.patient().withPhone(of.otherPhone()))))
              : List.of();
      case BOOKING, CONFIRMED, PLANNED ->
          visit(of, round, id).map(bytes -> frame(id, bytes)).stream().toList();
      default -> chart(of, round, id, practice, patNum);
    };
  }

  private Optional<byte[]> visit(Subject of, int round, String id) {
    LocalDateTime at = of.day().atTime(9, 0);
    String placer = "PL-" + of.control();
    Patient patient = of.patient();
    byte[] booked = Hospital.siu("S12", id, patient, placer, at, 30, "first");
    return switch (this.name() + " " + round) {
      case "BOOKING 1", "CONFIRMED 1" -> Optional.of(booked);
      case "BOOKING 2" ->
          Optional.of(Hospital.siu("S13", id, patient, placer, at.plusHours(2), 40, "second"));
      case "BOOKING 3" ->
          Optional.of(Hospital.siu("S15", id, patient, placer, at.plusHours(2), 40, ""));
      case "CONFIRMED 2" ->
          Optional.of(
              edited(
                  Hospital.siu("S14", id, patient, placer, at, 30, "first"),
                  "(\\rSCH\\|(?:[^|\\r]*\\|){10}[^|\\r]*)",
                  "$1||||||||||||||Confirmed"));
      case "PLANNED 1" ->
          Optional.of(
              edited(
                  booked,
                  "\\rSCH[^\\r]*",
                  "\rSCH|"
                      + placer
                      + "^LAKE|||||ROUTINE|NORMAL|EXAM|30|min|||||||||||||||Pending"));
      case "PLANNED 2" -> Optional.of(Hospital.siu("S13", id, patient, placer, at, 30, "second"));
      case "PLANNED 3" -> Optional.of(Hospital.siu("S15", id, patient, placer, at, 30, ""));
      default -> Optional.empty();
    };
  }

  private static byte[] edited(byte[] message, String what, String by) {
    return new String(message, StandardCharsets.UTF_8)
        .replaceFirst(what, by)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Registered, numbered with somebody to call, and numbered anew. */
  private static List<Message> patient(Subject of, int round, String id) {
    if (round > 2) {
      return List.of();
    }
    String more =
        round == 0
            ? ""
            : """
 , "identifier": [{"system": "urn:hospital:number", "value": "NUMBER-WORD"}],
 "contact": [{"relationship": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "C"}]}],
   "name": {"family": "LAST", "given": ["Otto"]}, "telecom": [{"system": "phone", "value": "503-555-0188"}]}]
"""
                .replace("NUMBER", round == 1 ? "H" : "K");
    String body =
        """
{"resourceType": "Patient", "id": "OWN", "name": [{"family": "LAST", "given": ["FIRST"]}], "gender": "female", "birthDate": "BORN",
 "telecom": [{"system": "phone", "use": "home", "value": "PHONE"}]MORE}
"""
            .replace("MORE", more)
            .replace("OWN", of.control())
            .replace("WORD", of.word())
            .replace("LAST", of.patient().last())
            .replace("FIRST", of.patient().first())
            .replace("PHONE", of.patient().phone())
            .replace("BORN", of.born());
    return List.of(new Message(id, "/Patient/" + of.control(), body));
  }

  private List<Message> chart(Subject of, int round, String id, String practice, long patNum) {
    boolean said = this == FILE || this == TREATMENT || this == PAYMENT;
    if (round > (said ? 1 : 2)) {
      return List.of();
    }
    String body =
        template(round > 1)
            .replace("PATIENT", practice + "-patient-" + patNum)
            .replace("WORD", of.word())
            .replace("DAY", of.day().toString())
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
      case REFERRAL, TREATMENT -> "ServiceRequest";
      case COVERAGE -> "Coverage";
      case PAYMENT -> "PaymentReconciliation";
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
      case REFERRAL ->
          """
{"resourceType": "ServiceRequest", "id": "OWN", "status": "active", "intent": "order", "subject": {"reference": "Patient/PATIENT"}, "authoredOn": "2026-03-01",
 "contained": [{"resourceType": "Practitioner", "id": "asks", "name": [{"family": "WORD", "given": ["Mara"]}]}], "requester": {"reference": "#asks"},
 "reasonCode": [{"text": "%s"}]}
"""
              .formatted(changed ? "gingivitis" : "periodontitis");
      case TREATMENT ->
          """
{"resourceType": "ServiceRequest", "id": "OWN", "status": "active", "intent": "order", "subject": {"reference": "Patient/PATIENT"}, "authoredOn": "DAY", "requester": {"display": "the hospital"},
 "code": {"coding": [{"system": "http://www.ada.org/cdt", "code": "D0120"}]}, "reasonCode": [{"text": "WORD"}]}
""";
      case COVERAGE ->
          """
{"resourceType": "Coverage", "id": "OWN", "status": "active", "beneficiary": {"reference": "Patient/PATIENT"}, "subscriberId": "WORD",
 "relationship": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/subscriber-relationship", "code": "self"}]},
 "payor": [{"display": "Life WORD"}], "period": {"start": "2026-01-01"%s},
 "class": [{"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/coverage-class", "code": "group"}]}, "value": "G-WORD"}]}
"""
              .formatted(changed ? ", \"end\": \"2026-06-30\"" : "");
      case PAYMENT ->
          """
{"resourceType": "PaymentReconciliation", "id": "OWN", "status": "active", "identifier": [{"system": "urn:hospital:payment", "value": "OWN"}],
 "created": "2026-03-04", "paymentDate": "2026-03-03", "paymentAmount": {"value": 25.5, "currency": "USD"}, "disposition": "WORD",
 "detail": [{"type": {"text": "payment"}, "request": {"reference": "Patient/PATIENT"}}]}
""";
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
