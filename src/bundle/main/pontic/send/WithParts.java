package pontic.send;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import pontic.practice.Destination;
import pontic.record.Newest;
import pontic.store.Transaction;

/**
 * A patient as HL7 v2 tells of him: the record, {@code contained} in it what goes along (decision
 * 0245), and references to the provider and clinic that his row names. Records themselves have none
 * of this: FHIR destinations get each part by itself.
 */
final class WithParts {
  private WithParts() {}

  /** The entry with its parts as they stand; any other entry as it is. */
  static Dues.Entry of(Transaction tx, Newest newest, Destination destination, Dues.Entry entry) {
    if (!entry.resource().equals("Patient") || destination.parts().isEmpty()) {
      return entry;
    }
    ObjectNode patient = (ObjectNode) Hl7Messages.read(entry.record().fhir());
    JsonNode row = Hl7Messages.read(entry.record().row());
    long provider = row.path("PriProv").asLong();
    if (provider != 0) {
      patient
          .putArray("generalPractitioner")
          .addObject()
          .put("reference", "Practitioner/" + entry.practice() + "-practitioner-" + provider);
    }
    long clinic = row.path("ClinicNum").asLong();
    if (clinic != 0) {
      patient
          .putObject("managingOrganization")
          .put("reference", "Organization/" + entry.practice() + "-clinic-organization-" + clinic);
    }
    List<String> parts =
        newest.liveOf(tx, entry.practice(), entry.key(), List.copyOf(destination.parts()));
    if (!parts.isEmpty()) {
      ArrayNode contained = patient.putArray("contained");
      parts.forEach(part -> contained.add(Hl7Messages.read(part)));
    }
    return entry.with(patient.toString(), entry.record().row());
  }

  /**
   * What the destination knows of the record, with the parts that it acknowledged: its own words
   * are about the record alone.
   */
  static String told(String told, Dues.Entry entry) {
    if (told.isEmpty() || told.equals(entry.acknowledged().fhir())) {
      return told;
    }
    JsonNode acknowledged = Hl7Messages.read(entry.acknowledged().fhir());
    ObjectNode known = (ObjectNode) Hl7Messages.read(told);
    for (String member : List.of("contained", "generalPractitioner", "managingOrganization")) {
      if (acknowledged.has(member)) {
        known.set(member, acknowledged.get(member));
      }
    }
    return known.toString();
  }
}
