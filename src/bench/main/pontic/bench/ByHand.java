package pontic.bench;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.model.Group;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.model.Segment;
import ca.uhn.hl7v2.model.Structure;
import ca.uhn.hl7v2.parser.CanonicalModelClassFactory;
import ca.uhn.hl7v2.parser.GenericModelClassFactory;
import ca.uhn.hl7v2.parser.ModelClassFactory;
import ca.uhn.hl7v2.parser.PipeParser;
import ca.uhn.hl7v2.util.Terser;
import ca.uhn.hl7v2.validation.impl.ValidationContextFactory;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.Address;
import org.hl7.fhir.r4.model.AllergyIntolerance;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.ContactPoint;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/**
 * What a Java programmer writes with HAPI alone: the resources that Pontic makes of an admission or
 * a booking, tables as constants, as far as ordinary messages go. One instance is for one thread.
 */
final class ByHand {
  private static final String V2 = "http://terminology.hl7.org/CodeSystem/v2-";
  private static final String V3 = "http://terminology.hl7.org/CodeSystem/v3-";
  private static final String SSN = "http://hl7.org/fhir/sid/us-ssn";
  private static final Map<String, String> SYSTEMS =
      Map.of(
          "RXN", "http://www.nlm.nih.gov/research/umls/rxnorm",
          "SCT", "http://snomed.info/sct",
          "LN", "http://loinc.org",
          "I10", "http://hl7.org/fhir/sid/icd-10-cm",
          "CPT", "http://www.ama-assn.org/go/cpt");
  private static final Map<String, String> LANGUAGES = Map.of("eng", "en", "spa", "es");
  private static final Map<String, HumanName.NameUse> NAMES =
      Map.of(
          "L", HumanName.NameUse.OFFICIAL,
          "D", HumanName.NameUse.USUAL,
          "N", HumanName.NameUse.NICKNAME,
          "M", HumanName.NameUse.MAIDEN);
  private static final Map<String, Address.AddressUse> ADDRESSES =
      Map.of("H", Address.AddressUse.HOME, "B", Address.AddressUse.WORK);
  private static final Map<String, ContactPoint.ContactPointUse> USES =
      Map.of(
          "PRN", ContactPoint.ContactPointUse.HOME,
          "ORN", ContactPoint.ContactPointUse.HOME,
          "WPN", ContactPoint.ContactPointUse.WORK);
  private static final Map<String, AllergyIntolerance.AllergyIntoleranceCategory> CATEGORIES =
      Map.of(
          "DA", AllergyIntolerance.AllergyIntoleranceCategory.MEDICATION,
          "FA", AllergyIntolerance.AllergyIntoleranceCategory.FOOD,
          "EA", AllergyIntolerance.AllergyIntoleranceCategory.ENVIRONMENT);
  private static final Map<String, AllergyIntolerance.AllergyIntoleranceCriticality> CRITICALITIES =
      Map.of(
          "SV", AllergyIntolerance.AllergyIntoleranceCriticality.HIGH,
          "MI", AllergyIntolerance.AllergyIntoleranceCriticality.LOW);

  private final PipeParser hl7;
  private final IParser json;
  private final ZoneId zone;

  /** A message that HAPI does not parse. */
  static final class NotTaken extends Exception {
    private static final long serialVersionUID = 1;

    NotTaken(Exception cause) {
      super("not taken by HAPI", cause);
    }
  }

  private ByHand(FhirContext fhir, ModelClassFactory model, ZoneId zone) {
    HapiContext context = new DefaultHapiContext();
    context.setModelClassFactory(model);
    context.setValidationContext(ValidationContextFactory.noValidation());
    this.hl7 = context.getPipeParser();
    this.json = fhir.newJsonParser();
    this.zone = zone;
  }

  /** Segments in a row, without a structure: the cheapest that HAPI has. */
  static ByHand generic(FhirContext fhir, ZoneId zone) {
    return new ByHand(fhir, new GenericModelClassFactory(), zone);
  }

  /** The structures of 2.5.1 for every version. */
  static ByHand typed(FhirContext fhir, ZoneId zone) {
    return new ByHand(fhir, new CanonicalModelClassFactory("2.5.1"), zone);
  }

  /**
   * @param message with carriage returns
   * @return a Bundle as JSON
   */
  String convert(String message) throws NotTaken {
    try {
      return json.encodeResourceToString(bundle(hl7.parse(message)));
    } catch (HL7Exception | DateTimeException | DataFormatException | IllegalArgumentException e) {
      throw new NotTaken(e);
    }
  }

  private Bundle bundle(Message message) throws HL7Exception {
    List<Segment> segments = new ArrayList<>();
    flatten(message, segments);
    String sender = "";
    Optional<Segment> schedule = Optional.empty();
    List<Segment> patients = new ArrayList<>();
    List<Segment> contacts = new ArrayList<>();
    List<Segment> allergies = new ArrayList<>();
    List<Segment> notes = new ArrayList<>();
    List<Segment> services = new ArrayList<>();
    List<Segment> places = new ArrayList<>();
    List<Segment> people = new ArrayList<>();
    for (Segment segment : segments) {
      switch (segment.getName()) {
        case "MSH" -> sender = sender(segment);
        case "SCH" -> schedule = Optional.of(segment);
        case "PID" -> patients.add(segment);
        case "NK1" -> contacts.add(segment);
        case "AL1" -> allergies.add(segment);
        case "NTE" -> notes.add(segment);
        case "AIS" -> services.add(segment);
        case "AIL" -> places.add(segment);
        case "AIP" -> people.add(segment);
        default -> {
          // Nothing is made of it.
        }
      }
    }
    Bundle bundle = new Bundle().setType(Bundle.BundleType.COLLECTION);
    for (int i = 0; i < patients.size(); i++) {
      Patient patient = patient(patients.get(i), sender);
      if (patients.size() == 1 && schedule.isEmpty()) {
        for (Segment contact : contacts) {
          contact(contact).ifPresent(patient::addContact);
        }
      }
      add(bundle, patient, "patient-" + (i + 1));
    }
    if (schedule.isPresent()) {
      add(
          bundle,
          appointment(schedule.get(), notes, services, places, people, patients.size(), sender),
          "appointment-1");
    } else {
      for (int i = 0; i < allergies.size(); i++) {
        Optional<AllergyIntolerance> allergy = allergy(allergies.get(i));
        if (allergy.isPresent()) {
          add(bundle, allergy.get(), "allergy-" + (i + 1));
        }
      }
    }
    return bundle;
  }

  private static void flatten(Group group, List<Segment> segments) throws HL7Exception {
    for (String name : group.getNames()) {
      for (Structure each : group.getAll(name)) {
        if (each instanceof Segment segment) {
          segments.add(segment);
        } else if (each instanceof Group inner) {
          flatten(inner, segments);
        }
      }
    }
  }

  private static void add(Bundle bundle, Resource resource, String id) {
    resource.setId(id);
    bundle.addEntry().setResource(resource);
  }

  private static String sender(Segment msh) throws HL7Exception {
    return text(msh, 3, 0, 1, 1) + "|" + text(msh, 4, 0, 1, 1);
  }

  private static String text(Segment segment, int field, int repetition, int component, int sub)
      throws HL7Exception {
    String value = Terser.get(segment, field, repetition, component, sub);
    String trimmed = value == null ? "" : value.trim();
    return trimmed.equals("\"\"") ? "" : trimmed;
  }

  private static String text(Segment segment, int field, int repetition, int component)
      throws HL7Exception {
    return text(segment, field, repetition, component, 1);
  }

  private static int repetitions(Segment segment, int field) throws HL7Exception {
    return segment.numFields() < field ? 0 : segment.getField(field).length;
  }

  private Patient patient(Segment pid, String sender) throws HL7Exception {
    Patient patient = new Patient();
    for (int i = 0; i < repetitions(pid, 3); i++) {
      String value = text(pid, 3, i, 1);
      if (!value.isEmpty()) {
        Identifier identifier = patient.addIdentifier();
        String type = text(pid, 3, i, 5);
        if (!type.isEmpty()) {
          identifier.setType(coded(V2 + "0203", type));
        }
        if (type.equals("SS")) {
          identifier.setSystem(SSN).setValue(value);
        } else {
          assigned(identifier, pid, 3, i, 4, 1, sender);
          identifier.setValue(value);
        }
      }
    }
    String ssn = text(pid, 19, 0, 1).replaceAll("[^0-9]", "");
    if (ssn.length() == 9
        && patient.getIdentifier().stream().noneMatch(each -> SSN.equals(each.getSystem()))) {
      patient.addIdentifier().setType(coded(V2 + "0203", "SS")).setSystem(SSN).setValue(ssn);
    }
    for (int i = 0; i < repetitions(pid, 5); i++) {
      name(pid, 5, i).ifPresent(patient::addName);
    }
    for (int i = 0; i < repetitions(pid, 13); i++) {
      telecom(pid, 13, i, ContactPoint.ContactPointUse.HOME).ifPresent(patient::addTelecom);
    }
    for (int i = 0; i < repetitions(pid, 14); i++) {
      telecom(pid, 14, i, ContactPoint.ContactPointUse.WORK).ifPresent(patient::addTelecom);
    }
    gender(text(pid, 8, 0, 1)).ifPresent(patient::setGender);
    String born = text(pid, 7, 0, 1);
    if (born.length() >= 8) {
      patient.setBirthDateElement(new DateType(date(born)));
    }
    for (int i = 0; i < repetitions(pid, 11); i++) {
      address(pid, 11, i).ifPresent(patient::addAddress);
    }
    String marital = text(pid, 16, 0, 1);
    if (!marital.isEmpty()) {
      patient.setMaritalStatus(coded(V3 + "MaritalStatus", marital));
    }
    String language = text(pid, 15, 0, 1);
    if (!language.isEmpty()) {
      patient
          .addCommunication()
          .setPreferred(true)
          .setLanguage(coded("urn:ietf:bcp:47", LANGUAGES.getOrDefault(language, language)));
    }
    return patient;
  }

  /** System and assigner of a number, from HD: in subcomponents of one component, or in three. */
  private static void assigned(
      Identifier identifier,
      Segment segment,
      int field,
      int repetition,
      int component,
      int sub,
      String sender)
      throws HL7Exception {
    boolean inSubs = component == 4;
    String namespace = text(segment, field, repetition, component, sub);
    String universal =
        inSubs
            ? text(segment, field, repetition, component, 2)
            : text(segment, field, repetition, component + 1);
    String kind =
        inSubs
            ? text(segment, field, repetition, component, 3)
            : text(segment, field, repetition, component + 2);
    if (!universal.isEmpty() && kind.equals("ISO")) {
      identifier.setSystem("urn:oid:" + universal);
      if (!namespace.isEmpty()) {
        identifier.setAssigner(new Reference().setDisplay(namespace));
      }
    } else {
      identifier.setSystem(
          namespace.isEmpty() ? "urn:pontic:sender:" + sender : "urn:id:" + namespace);
    }
  }

  private static Optional<HumanName> name(Segment segment, int field, int repetition)
      throws HL7Exception {
    String family = text(segment, field, repetition, 1);
    String given = text(segment, field, repetition, 2);
    String middle = text(segment, field, repetition, 3);
    String suffix = text(segment, field, repetition, 4);
    String prefix = text(segment, field, repetition, 5);
    if (family.isEmpty() && given.isEmpty() && middle.isEmpty()) {
      return Optional.empty();
    }
    HumanName name = new HumanName();
    Optional.ofNullable(NAMES.get(text(segment, field, repetition, 7))).ifPresent(name::setUse);
    if (!family.isEmpty()) {
      name.setFamily(family);
    }
    for (String each : new String[] {given, middle}) {
      if (!each.isEmpty()) {
        name.addGiven(each);
      }
    }
    if (!prefix.isEmpty()) {
      name.addPrefix(prefix);
    }
    if (!suffix.isEmpty()) {
      name.addSuffix(suffix);
    }
    return Optional.of(name);
  }

  private static Optional<ContactPoint> telecom(
      Segment segment, int field, int repetition, ContactPoint.ContactPointUse otherwise)
      throws HL7Exception {
    String number = text(segment, field, repetition, 1);
    String use = text(segment, field, repetition, 2);
    String equipment = text(segment, field, repetition, 3).toUpperCase(Locale.ROOT);
    String email = text(segment, field, repetition, 4);
    boolean internet = equipment.equals("INTERNET") || use.equals("NET");
    String value = email.isEmpty() ? number : email;
    if (value.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ContactPoint()
            .setSystem(
                internet || !email.isEmpty()
                    ? ContactPoint.ContactPointSystem.EMAIL
                    : ContactPoint.ContactPointSystem.PHONE)
            .setValue(value)
            .setUse(
                equipment.equals("CP")
                    ? ContactPoint.ContactPointUse.MOBILE
                    : USES.getOrDefault(use, otherwise)));
  }

  private static Optional<Address> address(Segment segment, int field, int repetition)
      throws HL7Exception {
    Address address = new Address();
    Optional.ofNullable(ADDRESSES.get(text(segment, field, repetition, 7)))
        .ifPresent(address::setUse);
    for (int line = 1; line <= 2; line++) {
      String text = text(segment, field, repetition, line);
      if (!text.isEmpty()) {
        address.addLine(text);
      }
    }
    String city = text(segment, field, repetition, 3);
    String state = text(segment, field, repetition, 4);
    String zip = text(segment, field, repetition, 5);
    String country = text(segment, field, repetition, 6);
    if (!city.isEmpty()) {
      address.setCity(city);
    }
    if (!state.isEmpty()) {
      address.setState(state);
    }
    if (!zip.isEmpty()) {
      address.setPostalCode(zip);
    }
    if (!country.isEmpty()) {
      address.setCountry(country);
    }
    return address.hasLine() || address.hasCity() || address.hasPostalCode()
        ? Optional.of(address)
        : Optional.empty();
  }

  private static Optional<AdministrativeGender> gender(String code) {
    return switch (code) {
      case "F" -> Optional.of(AdministrativeGender.FEMALE);
      case "M" -> Optional.of(AdministrativeGender.MALE);
      case "O", "A", "N" -> Optional.of(AdministrativeGender.OTHER);
      case "" -> Optional.empty();
      default -> Optional.of(AdministrativeGender.UNKNOWN);
    };
  }

  private static Optional<Patient.ContactComponent> contact(Segment nk1) throws HL7Exception {
    Optional<HumanName> name = name(nk1, 2, 0);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Patient.ContactComponent contact = new Patient.ContactComponent().setName(name.get());
    if (text(nk1, 7, 0, 1).equals("C")) {
      contact.addRelationship(coded(V2 + "0131", "C"));
    }
    concept(nk1, 3, 0).ifPresent(contact::addRelationship);
    for (int i = 0; i < repetitions(nk1, 5); i++) {
      telecom(nk1, 5, i, ContactPoint.ContactPointUse.HOME).ifPresent(contact::addTelecom);
    }
    for (int i = 0; i < repetitions(nk1, 6); i++) {
      telecom(nk1, 6, i, ContactPoint.ContactPointUse.WORK).ifPresent(contact::addTelecom);
    }
    return Optional.of(contact);
  }

  private static Optional<AllergyIntolerance> allergy(Segment al1) throws HL7Exception {
    Optional<CodeableConcept> what = concept(al1, 3, 0);
    if (what.isEmpty()) {
      return Optional.empty();
    }
    AllergyIntolerance allergy =
        new AllergyIntolerance()
            .setClinicalStatus(
                coded(
                    "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"))
            .setCode(what.get())
            .setPatient(new Reference("Patient/patient-1"));
    String kind = text(al1, 2, 0, 1);
    if (CATEGORIES.containsKey(kind)) {
      allergy
          .setType(AllergyIntolerance.AllergyIntoleranceType.ALLERGY)
          .addCategory(CATEGORIES.get(kind));
    }
    Optional.ofNullable(CRITICALITIES.get(text(al1, 4, 0, 1))).ifPresent(allergy::setCriticality);
    for (int i = 0; i < repetitions(al1, 5); i++) {
      String reaction = text(al1, 5, i, 1);
      if (!reaction.isEmpty()) {
        allergy.addReaction().addManifestation().setText(reaction);
      }
    }
    return Optional.of(allergy);
  }

  private Appointment appointment(
      Segment sch,
      List<Segment> notes,
      List<Segment> services,
      List<Segment> places,
      List<Segment> people,
      int patients,
      String sender)
      throws HL7Exception {
    Appointment appointment = new Appointment().setStatus(Appointment.AppointmentStatus.BOOKED);
    number(sch, 1, "PLAC", sender).ifPresent(appointment::addIdentifier);
    number(sch, 2, "FILL", sender).ifPresent(appointment::addIdentifier);
    for (Segment service : services) {
      concept(service, 3, 0).ifPresent(appointment::addServiceType);
    }
    concept(sch, 8, 0).ifPresent(appointment::setAppointmentType);
    concept(sch, 6, 0).ifPresent(appointment::addReasonCode);
    concept(sch, 7, 0).ifPresent(appointment::addReasonCode);
    Optional<Instant> start = instant(text(sch, 11, 0, 4));
    if (start.isEmpty() && !services.isEmpty()) {
      start = instant(text(services.get(0), 4, 0, 1));
    }
    Optional<Instant> end = instant(text(sch, 11, 0, 5));
    if (start.isPresent()) {
      appointment.setStartElement(new InstantType(start.get().toString()));
      if (end.isPresent()) {
        appointment
            .setEndElement(new InstantType(end.get().toString()))
            .setMinutesDuration((int) Duration.between(start.get(), end.get()).toMinutes());
      }
    }
    List<String> comments = new ArrayList<>();
    for (Segment note : notes) {
      for (int i = 0; i < repetitions(note, 3); i++) {
        comments.add(text(note, 3, i, 1));
      }
    }
    if (!comments.isEmpty()) {
      appointment.setComment(String.join("\n", comments));
    }
    for (int i = 1; i <= patients; i++) {
      appointment
          .addParticipant()
          .setStatus(Appointment.ParticipationStatus.ACCEPTED)
          .setActor(new Reference("Patient/patient-" + i));
    }
    for (Segment place : places) {
      place(appointment, place, sender);
    }
    for (Segment person : people) {
      person(appointment, person, sender);
    }
    return appointment;
  }

  private static Optional<Identifier> number(Segment segment, int field, String type, String sender)
      throws HL7Exception {
    String value = text(segment, field, 0, 1);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Identifier identifier = new Identifier().setType(coded(V2 + "0203", type)).setValue(value);
    assigned(identifier, segment, field, 0, 2, 1, sender);
    if (identifier.getSystem().equals("urn:pontic:sender:" + sender)) {
      // Without an assigner its sender counts each kind by itself.
      identifier.setSystem(identifier.getSystem() + (type.equals("PLAC") ? ":placer" : ":filler"));
    }
    return Optional.of(identifier);
  }

  private static void place(Appointment appointment, Segment ail, String sender)
      throws HL7Exception {
    String point = text(ail, 3, 0, 1);
    String room = text(ail, 3, 0, 2);
    if (point.isEmpty() && room.isEmpty()) {
      return;
    }
    Identifier identifier = new Identifier();
    assigned(identifier, ail, 3, 0, 4, 1, sender);
    // The assigner is told for people's numbers only.
    identifier.setAssigner(null);
    identifier.setValue(point.isEmpty() || room.isEmpty() ? point + room : point + "/" + room);
    Reference actor = new Reference().setType("Location").setIdentifier(identifier);
    String display = text(ail, 3, 0, 9);
    if (!display.isEmpty()) {
      actor.setDisplay(display);
    }
    appointment
        .addParticipant()
        .setStatus(Appointment.ParticipationStatus.ACCEPTED)
        .setActor(actor);
  }

  private static void person(Appointment appointment, Segment aip, String sender)
      throws HL7Exception {
    String number = text(aip, 3, 0, 1);
    String family = text(aip, 3, 0, 2);
    String given = text(aip, 3, 0, 3);
    if (number.isEmpty() && family.isEmpty()) {
      return;
    }
    Reference actor = new Reference().setType("Practitioner");
    if (!number.isEmpty()) {
      boolean npi =
          text(aip, 3, 0, 13).equals("NPI")
              || text(aip, 3, 0, 9, 2).equals("2.16.840.1.113883.4.6");
      String namespace = text(aip, 3, 0, 9);
      actor.setIdentifier(
          new Identifier()
              .setSystem(
                  npi
                      ? "http://hl7.org/fhir/sid/us-npi"
                      : namespace.isEmpty() ? "urn:pontic:sender:" + sender : "urn:id:" + namespace)
              .setValue(number));
    }
    String display = (given + " " + family).trim();
    if (!display.isEmpty()) {
      actor.setDisplay(display);
    }
    appointment
        .addParticipant()
        .setStatus(Appointment.ParticipationStatus.ACCEPTED)
        .setActor(actor);
  }

  private static CodeableConcept coded(String system, String code) {
    CodeableConcept concept = new CodeableConcept();
    concept.addCoding().setSystem(system).setCode(code);
    return concept;
  }

  private static Optional<CodeableConcept> concept(Segment segment, int field, int repetition)
      throws HL7Exception {
    CodeableConcept concept = new CodeableConcept();
    String words = "";
    for (int at = 1; at <= 4; at += 3) {
      String code = text(segment, field, repetition, at);
      String display = text(segment, field, repetition, at + 1);
      String name = text(segment, field, repetition, at + 2);
      if (!code.isEmpty()) {
        var coding = concept.addCoding().setCode(code);
        if (!display.isEmpty()) {
          coding.setDisplay(display);
        }
        system(name).ifPresent(coding::setSystem);
      }
      if (words.isEmpty()) {
        words = display.isEmpty() ? code : display;
      }
    }
    return words.isEmpty() ? Optional.empty() : Optional.of(concept.setText(words));
  }

  private static Optional<String> system(String name) {
    if (name.matches("HL7[0-9]{4}")) {
      return Optional.of(V2 + name.substring(3));
    }
    return Optional.ofNullable(SYSTEMS.get(name));
  }

  private static String date(String hl7) {
    return hl7.substring(0, 4) + "-" + hl7.substring(4, 6) + "-" + hl7.substring(6, 8);
  }

  private Optional<Instant> instant(String hl7) {
    if (hl7.length() < 12) {
      return Optional.empty();
    }
    int offset = Math.max(hl7.indexOf('+'), hl7.indexOf('-'));
    String clock = offset < 0 ? hl7 : hl7.substring(0, offset);
    LocalDateTime local =
        LocalDateTime.of(
            Integer.parseInt(clock, 0, 4, 10),
            Integer.parseInt(clock, 4, 6, 10),
            Integer.parseInt(clock, 6, 8, 10),
            Integer.parseInt(clock, 8, 10, 10),
            Integer.parseInt(clock, 10, 12, 10),
            clock.length() < 14 ? 0 : Integer.parseInt(clock, 12, 14, 10));
    return Optional.of(
        offset < 0
            ? local.atZone(zone).toInstant()
            : local.toInstant(ZoneOffset.of(hl7.substring(offset))));
  }
}
