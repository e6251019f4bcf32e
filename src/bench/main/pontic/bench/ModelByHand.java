package pontic.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.Address;
import org.hl7.fhir.r4.model.AllergyIntolerance;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.ContactPoint;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Procedure;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import pontic.record.Row;

/**
 * What a Java programmer writes with HAPI's model alone for ordinary rows of a patient, an
 * appointment, a procedure at a tooth, an allergy and a problem, tables as constants.
 */
final class ModelByHand {
  private static final String US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-";
  private static final String TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/";
  private static final String SNOMED = "http://snomed.info/sct";
  private static final String ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm";
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final int MINUTES = 5;
  private static final Map<Integer, AdministrativeGender> GENDERS =
      Map.of(0, AdministrativeGender.MALE, 1, AdministrativeGender.FEMALE);
  private static final Map<String, String> LANGUAGES = Map.of("eng", "en", "spa", "es");
  private static final Map<Integer, Appointment.AppointmentStatus> STATUSES =
      Map.of(
          1, Appointment.AppointmentStatus.BOOKED,
          2, Appointment.AppointmentStatus.FULFILLED);
  private static final Map<String, String> TEETH =
      Map.of("1", "18", "2", "17", "3", "16", "4", "15", "5", "14");

  private final String practice;
  private final ZoneId zone;

  ModelByHand(String practice, ZoneId zone) {
    this.practice = practice;
    this.zone = zone;
  }

  Resource resource(Row row) {
    Map<String, Object> columns = row.columns();
    return switch (row.resource()) {
      case "Patient" -> patient(columns);
      case "Appointment" -> appointment(columns);
      case "Procedure" -> procedure(columns);
      case "AllergyIntolerance:allergy" -> allergy(columns);
      case "Condition:disease" -> problem(columns);
      default -> throw new IllegalArgumentException(row.toString());
    };
  }

  private static String text(Map<String, Object> columns, String name) {
    return columns.get(name) instanceof String text ? text.trim() : "";
  }

  private static long number(Map<String, Object> columns, String name) {
    return columns.get(name) instanceof Number number ? number.longValue() : 0;
  }

  private static String day(Map<String, Object> columns, String name) {
    String text = text(columns, name);
    return text.startsWith("0") || text.length() < 10 ? "" : text.substring(0, 10);
  }

  private Instant instant(String local) {
    return LocalDateTime.parse(local, LOCAL).atZone(zone).toInstant();
  }

  private Identifier own(String kind, long key) {
    return new Identifier()
        .setUse(Identifier.IdentifierUse.USUAL)
        .setSystem("urn:pontic:" + practice + ":" + kind)
        .setValue(Long.toString(key));
  }

  private Reference reference(String type, String kind, long key) {
    return new Reference(type + "/" + practice + "-" + kind + "-" + key);
  }

  private <T extends DomainResource> T named(T resource, String kind, long key, String profile) {
    resource.setId(practice + "-" + kind + "-" + key);
    if (!profile.isEmpty()) {
      resource.getMeta().addProfile(US_CORE + profile + "|6.1.0");
    }
    return resource;
  }

  private static CodeableConcept coded(String system, String code) {
    CodeableConcept concept = new CodeableConcept();
    concept.addCoding().setSystem(system).setCode(code);
    return concept;
  }

  private Patient patient(Map<String, Object> row) {
    long key = number(row, "PatNum");
    Patient patient = named(new Patient(), "patient", key, "patient");
    patient.addIdentifier(own("patient", key).setType(coded(TERMINOLOGY + "v2-0203", "PI")));
    String chart = text(row, "ChartNumber");
    if (!chart.isEmpty()) {
      patient
          .addIdentifier()
          .setUse(Identifier.IdentifierUse.SECONDARY)
          .setType(coded(TERMINOLOGY + "v2-0203", "MR"))
          .setSystem("urn:pontic:" + practice + ":chart")
          .setValue(chart);
    }
    patient.setActive(number(row, "PatStatus") == 0);
    HumanName name =
        patient
            .addName()
            .setUse(HumanName.NameUse.OFFICIAL)
            .setFamily(text(row, "LName"))
            .addGiven(text(row, "FName"));
    String middle = text(row, "MiddleI");
    if (!middle.isEmpty()) {
      name.addGiven(middle);
    }
    String title = text(row, "Title");
    if (!title.isEmpty()) {
      name.addPrefix(title);
    }
    String preferred = text(row, "Preferred");
    if (!preferred.isEmpty()) {
      patient.addName().setUse(HumanName.NameUse.NICKNAME).addGiven(preferred);
    }
    telecom(patient, "phone", ContactPoint.ContactPointUse.HOME, text(row, "HmPhone"));
    telecom(patient, "phone", ContactPoint.ContactPointUse.WORK, text(row, "WkPhone"));
    telecom(patient, "phone", ContactPoint.ContactPointUse.MOBILE, text(row, "WirelessPhone"));
    telecom(patient, "email", ContactPoint.ContactPointUse.HOME, text(row, "Email"));
    patient.setGender(
        GENDERS.getOrDefault((int) number(row, "Gender"), AdministrativeGender.UNKNOWN));
    String born = day(row, "Birthdate");
    if (!born.isEmpty()) {
      patient.setBirthDateElement(new DateType(born));
    }
    if (!text(row, "Address").isEmpty()) {
      Address address = patient.addAddress().setUse(Address.AddressUse.HOME);
      address.addLine(text(row, "Address"));
      if (!text(row, "Address2").isEmpty()) {
        address.addLine(text(row, "Address2"));
      }
      address
          .setCity(text(row, "City"))
          .setState(text(row, "State"))
          .setPostalCode(text(row, "Zip"));
    }
    String language = text(row, "Language");
    if (!language.isEmpty()) {
      patient
          .addCommunication()
          .setLanguage(coded("urn:ietf:bcp:47", LANGUAGES.getOrDefault(language, language)));
    }
    return patient;
  }

  private static void telecom(
      Patient patient, String system, ContactPoint.ContactPointUse use, String value) {
    if (!value.isEmpty()) {
      patient
          .addTelecom()
          .setSystem(
              system.equals("email")
                  ? ContactPoint.ContactPointSystem.EMAIL
                  : ContactPoint.ContactPointSystem.PHONE)
          .setUse(use)
          .setValue(value);
    }
  }

  private Appointment appointment(Map<String, Object> row) {
    long key = number(row, "AptNum");
    Appointment appointment =
        named(new Appointment(), "appointment", key, "")
            .addIdentifier(own("appointment", key))
            .setStatus(
                Optional.ofNullable(STATUSES.get((int) number(row, "AptStatus")))
                    .orElseThrow(() -> new IllegalArgumentException("not an ordinary one")));
    Instant start = instant(text(row, "AptDateTime"));
    Instant end = start.plus(Duration.ofMinutes((long) MINUTES * text(row, "Pattern").length()));
    appointment
        .setStartElement(new InstantType(start.toString()))
        .setEndElement(new InstantType(end.toString()))
        .setCreatedElement(new DateTimeType(instant(text(row, "SecDateTEntry")).toString()));
    Appointment.ParticipationStatus accepted = Appointment.ParticipationStatus.ACCEPTED;
    who(
        appointment,
        "Patient",
        "patient",
        number(row, "PatNum"),
        "",
        appointment.getStatus() == Appointment.AppointmentStatus.FULFILLED
            ? accepted
            : Appointment.ParticipationStatus.NEEDSACTION);
    who(appointment, "Practitioner", "practitioner", number(row, "ProvNum"), "PPRF", accepted);
    who(appointment, "Practitioner", "practitioner", number(row, "ProvHyg"), "SPRF", accepted);
    who(appointment, "Location", "location", number(row, "Op"), "", accepted);
    return appointment;
  }

  private void who(
      Appointment appointment,
      String type,
      String kind,
      long key,
      String role,
      Appointment.ParticipationStatus status) {
    if (key != 0) {
      Appointment.AppointmentParticipantComponent participant =
          appointment.addParticipant().setStatus(status).setActor(reference(type, kind, key));
      if (!role.isEmpty()) {
        participant.addType(coded(TERMINOLOGY + "v3-ParticipationType", role));
      }
    }
  }

  private Procedure procedure(Map<String, Object> row) {
    long key = number(row, "ProcNum");
    Procedure procedure =
        named(new Procedure(), "procedure", key, "procedure")
            .addIdentifier(own("procedure", key))
            .addBasedOn(reference("ServiceRequest", "planned", key))
            .setStatus(Procedure.ProcedureStatus.COMPLETED)
            .setCode(
                coded("http://www.ada.org/cdt", text(row, "ProcCode"))
                    .setText(text(row, "Descript")))
            .setSubject(reference("Patient", "patient", number(row, "PatNum")))
            .setEncounter(reference("Encounter", "visit", number(row, "VisitNum")));
    String day = day(row, "ProcDate");
    procedure.setPerformed(
        new Period()
            .setStartElement(
                new DateTimeType(instant(day + " " + text(row, "ProcTime")).toString()))
            .setEndElement(
                new DateTimeType(instant(day + " " + text(row, "ProcTimeEnd")).toString())));
    procedure
        .addPerformer()
        .setActor(reference("Practitioner", "practitioner", number(row, "ProvNum")));
    reason(procedure, text(row, "DiagnosticCode"), text(row, "DxName"));
    reason(procedure, text(row, "DiagnosticCode2"), "");
    reason(procedure, text(row, "DiagnosticCode3"), "");
    reason(procedure, text(row, "DiagnosticCode4"), "");
    String tooth = text(row, "ToothNum");
    String surfaces = text(row, "Surf");
    CodeableConcept site =
        coded(TERMINOLOGY + "ADAUniversalToothDesignationSystem", tooth)
            .setText("Tooth " + tooth + ", surfaces " + surfaces);
    site.addCoding().setSystem("urn:iso:std:iso:3950").setCode(TEETH.get(tooth));
    procedure.addBodySite(site);
    for (char surface : surfaces.toCharArray()) {
      procedure.addBodySite(
          coded(TERMINOLOGY + "ADAToothSurfaceCodes", String.valueOf(surface))
              .setText("Surface " + surface + " of tooth " + tooth));
    }
    procedure
        .addNote()
        .setTimeElement(new DateTimeType(instant(text(row, "NoteTime")).toString()))
        .setText((String) row.get("Note"));
    return procedure;
  }

  private static void reason(Procedure procedure, String code, String words) {
    if (!code.isEmpty()) {
      CodeableConcept reason = new CodeableConcept();
      if (code.matches("[A-Z][0-9][0-9A-Z](\\.[0-9A-Z]{1,4})?")) {
        reason.addCoding().setSystem(ICD_10).setCode(code);
        if (!words.isEmpty()) {
          reason.setText(words);
        }
      } else {
        reason.setText(code);
      }
      procedure.addReasonCode(reason);
    }
  }

  private AllergyIntolerance allergy(Map<String, Object> row) {
    long key = number(row, "AllergyNum");
    AllergyIntolerance allergy =
        named(new AllergyIntolerance(), "allergy", key, "allergyintolerance")
            .addIdentifier(own("allergy", key))
            .setClinicalStatus(
                coded(
                    TERMINOLOGY + "allergyintolerance-clinical",
                    number(row, "StatusIsActive") == 1 ? "active" : "inactive"))
            .setType(AllergyIntolerance.AllergyIntoleranceType.ALLERGY)
            .addCategory(AllergyIntolerance.AllergyIntoleranceCategory.MEDICATION)
            .setPatient(reference("Patient", "patient", number(row, "PatNum")));
    allergy.setCode(
        coded("http://www.nlm.nih.gov/research/umls/rxnorm", Long.toString(number(row, "RxCui")))
            .setText(text(row, "Description")));
    String seen = day(row, "DateAdverseReaction");
    if (!seen.isEmpty()) {
      allergy.setLastOccurrenceElement(new DateTimeType(seen));
    }
    allergy
        .addReaction()
        .addManifestation(
            coded(SNOMED, text(row, "SnomedReaction")).setText(text(row, "Reaction")));
    return allergy;
  }

  private Condition problem(Map<String, Object> row) {
    long key = number(row, "DiseaseNum");
    Condition condition =
        named(new Condition(), "disease", key, "condition-problems-health-concerns")
            .addIdentifier(own("problem", key))
            .setClinicalStatus(coded(TERMINOLOGY + "condition-clinical", "active"))
            .addCategory(coded(TERMINOLOGY + "condition-category", "problem-list-item"))
            .addCategory(coded(SNOMED, text(row, "SnomedProblemType")))
            .setSubject(reference("Patient", "patient", number(row, "PatNum")));
    List<String[]> codes = new ArrayList<>();
    codes.add(new String[] {SNOMED, text(row, "SnomedCode")});
    codes.add(new String[] {ICD_10, text(row, "Icd10Code")});
    codes.add(new String[] {"http://hl7.org/fhir/sid/icd-9-cm", text(row, "ICD9Code")});
    CodeableConcept what = new CodeableConcept().setText(text(row, "DiseaseName"));
    for (String[] code : codes) {
      if (!code[1].isEmpty()) {
        what.addCoding().setSystem(code[0]).setCode(code[1]);
      }
    }
    condition.setCode(what);
    String since = day(row, "DateStart");
    if (!since.isEmpty()) {
      condition.setOnset(new DateTimeType(since));
    }
    String note = text(row, "PatNote");
    if (!note.isEmpty()) {
      condition.addNote().setText(note);
    }
    return condition;
  }
}
