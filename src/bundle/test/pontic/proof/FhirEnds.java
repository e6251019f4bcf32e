package pontic.proof;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.ContactPoint;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import pontic.sandbox.hospital.Arrival;
import pontic.sandbox.hospital.HospitalFhirServer;

/** What one FHIR server has, in the words of {@link Truth}, and how it came to it. */
final class FhirEnds {
  private static final Pattern SOURCE = Pattern.compile("urn:pontic:(elm|oak):(\\d+)");

  private final String name;
  private final HospitalFhirServer server;

  FhirEnds(String name, HospitalFhirServer server) {
    this.name = name;
    this.server = server;
  }

  String name() {
    return name;
  }

  Optional<Map<String, String>> newest(String type, String id) {
    return server.latest(type, id).map(Arrival::resource).map(FhirEnds::fields);
  }

  /** Of a patient or an appointment. */
  static Map<String, String> fields(Resource resource) {
    return resource instanceof Patient patient ? fields(patient) : fields((Appointment) resource);
  }

  /** What has lost its row must not stand there as if it had one. */
  void withoutRow(List<String> found, Set<String> rows) {
    server.all("Appointment").stream()
        .filter(arrival -> !rows.contains(arrival.id()))
        .filter(
            arrival ->
                ((Appointment) arrival.resource()).getStatus()
                    != Appointment.AppointmentStatus.ENTEREDINERROR)
        .forEach(
            arrival ->
                found.add(
                    Told.MISSED + name + " still has " + arrival.id() + ", whose row is gone"));
  }

  /** The same id and version is the same content, and no version comes after a newer one. */
  void versions(List<String> found) {
    Map<String, Long> newest = new HashMap<>();
    Map<String, Resource> byVersion = new HashMap<>();
    for (Arrival arrival : server.arrivals()) {
      String id = arrival.type() + "/" + arrival.id();
      Matcher source = SOURCE.matcher(arrival.resource().getMeta().getSource() + "");
      if (!source.matches()) {
        found.add(name + ": " + id + " does not say which version it is");
        continue;
      }
      long version = Long.parseLong(source.group(2));
      Resource bare = arrival.resource().copy();
      bare.getMeta().setVersionId(null).setLastUpdated(null);
      bare.setId(arrival.id());
      Resource same = byVersion.putIfAbsent(id + "/" + version, bare);
      if (same != null && !same.equalsDeep(bare)) {
        found.add(name + ": version " + version + " of " + id + " came with two contents");
      }
      if (version < newest.getOrDefault(id, 0L)) {
        found.add(name + ": version " + version + " of " + id + " came after a newer one");
      }
      newest.merge(id, version, Math::max);
    }
  }

  private static Map<String, String> fields(Appointment appointment) {
    Map<String, String> fields = new LinkedHashMap<>();
    Optional<Instant> start = Optional.ofNullable(appointment.getStart()).map(Date::toInstant);
    Optional<Instant> end = Optional.ofNullable(appointment.getEnd()).map(Date::toInstant);
    fields.put("status", appointment.getStatus().toCode());
    fields.put("start", start.map(Instant::toString).orElse(""));
    fields.put("end", end.map(Instant::toString).orElse(""));
    fields.put(
        "minutes",
        start.isPresent() && end.isPresent()
            ? Long.toString(Duration.between(start.get(), end.get()).toMinutes())
            : "");
    fields.put("patient", actors(appointment, "Patient/"));
    fields.put("practitioners", actors(appointment, "Practitioner/"));
    fields.put("location", actors(appointment, "Location/"));
    return fields;
  }

  private static String actors(Appointment appointment, String type) {
    return appointment.getParticipant().stream()
        .map(participant -> participant.getActor().getReference())
        .filter(reference -> reference.startsWith(type))
        .map(reference -> reference.substring(type.length()))
        .collect(Collectors.joining(","));
  }

  private static Map<String, String> fields(Patient patient) {
    Map<String, String> fields = new LinkedHashMap<>();
    Optional<HumanName> official = named(patient, HumanName.NameUse.OFFICIAL);
    fields.put("family", official.map(HumanName::getFamily).orElse(""));
    fields.put("given", official.map(HumanName::getGivenAsSingleString).orElse(""));
    fields.put(
        "nickname",
        named(patient, HumanName.NameUse.NICKNAME)
            .map(HumanName::getGivenAsSingleString)
            .orElse(""));
    fields.put(
        "birth", patient.hasBirthDate() ? patient.getBirthDateElement().getValueAsString() : "");
    fields.put("active", Boolean.toString(patient.getActive()));
    fields.put("deceased", Boolean.toString(patient.hasDeceased()));
    fields.put("replacedBy", links(patient, Patient.LinkType.REPLACEDBY));
    fields.put("replaces", links(patient, Patient.LinkType.REPLACES));
    fields.put("home", telecom(patient, "phone", "home"));
    fields.put("work", telecom(patient, "phone", "work"));
    fields.put("mobile", telecom(patient, "phone", "mobile"));
    fields.put("email", telecom(patient, "email", "home"));
    fields.put("city", Optional.ofNullable(patient.getAddressFirstRep().getCity()).orElse(""));
    return fields;
  }

  private static Optional<HumanName> named(Patient patient, HumanName.NameUse use) {
    return patient.getName().stream().filter(each -> each.getUse() == use).findFirst();
  }

  private static String links(Patient patient, Patient.LinkType type) {
    List<String> ids = new ArrayList<>();
    patient.getLink().stream()
        .filter(link -> link.getType() == type)
        .forEach(link -> ids.add(link.getOther().getReference().substring("Patient/".length())));
    return ids.stream().sorted().collect(Collectors.joining(","));
  }

  private static String telecom(Patient patient, String system, String use) {
    return patient.getTelecom().stream()
        .filter(
            each -> each.getSystem().toCode().equals(system) && each.getUse().toCode().equals(use))
        .map(ContactPoint::getValue)
        .findFirst()
        .orElse("");
  }
}
