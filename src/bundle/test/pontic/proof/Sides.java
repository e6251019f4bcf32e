package pontic.proof;

import ca.uhn.fhir.context.FhirContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.House;
import pontic.sandbox.hospital.HospitalFhirServer;
import pontic.store.Store;

/** Every row of one office's tables beside what Pontic's records hold, or a hospital. */
final class Sides {
  private static final List<String> TYPES =
      List.of("Patient", "Appointment", "Practitioner", "Location");

  private final House house;
  private final String practice;

  Sides(House house, String practice) {
    this.house = house;
    this.practice = practice;
  }

  /** Rows of which the records say something else, by id. */
  Map<String, String> missedByRecords() {
    Store store = house.bundle().store();
    Map<String, Map<String, String>> held = new LinkedHashMap<>();
    store
        .read(
            tx ->
                tx.sql(
                        "select resource, row_key, fhir_id, fhir from record where practice = ? and fhir <> ''")
                    .param(practice)
                    .query()
                    .listOfRows())
        .forEach(
            row ->
                held.put(
                    row.get("fhir_id").toString(),
                    fields(
                        (Resource)
                            FhirContext.forR4Cached()
                                .newJsonParser()
                                .parseResource(
                                    new String(
                                        store
                                            .vault()
                                            .open(
                                                "record",
                                                practice
                                                    + "/"
                                                    + row.get("resource")
                                                    + "/"
                                                    + row.get("row_key"),
                                                row.get("fhir").toString()),
                                        StandardCharsets.UTF_8)))));
    return missed("the records", held);
  }

  /** Rows of which a hospital has something else, by id. */
  Map<String, String> missedBy(HospitalFhirServer hospital) {
    Map<String, Map<String, String>> held = new LinkedHashMap<>();
    TYPES.stream()
        .flatMap(type -> hospital.all(type).stream())
        .filter(arrival -> arrival.id().startsWith(practice + "-"))
        .forEach(arrival -> held.put(arrival.id(), fields(arrival.resource())));
    return missed("the hospital", held);
  }

  private Map<String, String> missed(String where, Map<String, Map<String, String>> held) {
    Map<String, Map<String, String>> rows = rows();
    Map<String, String> missed = new TreeMap<>();
    rows.forEach(
        (id, row) -> {
          Optional<Map<String, String>> stands = Optional.ofNullable(held.get(id));
          List<String> found = new ArrayList<>();
          if (!row.getOrDefault("status", "").equals(Truth.NOT_SENT)) {
            Told.compare(found, where, id, row, stands, Map.of());
          } else if (stands.filter(Sides::isStanding).isPresent()) {
            found.add(where + " still has " + id);
          }
          found.forEach(what -> missed.put(id, what));
        });
    held.forEach(
        (id, stands) -> {
          if (!rows.containsKey(id) && isStanding(stands)) {
            missed.put(id, where + " still has " + id + ", whose row is gone");
          }
        });
    return missed;
  }

  private static boolean isStanding(Map<String, String> stands) {
    return !"entered-in-error".equals(stands.get("status"));
  }

  private Map<String, Map<String, String>> rows() {
    Truth truth = Truth.of(practice, house);
    Map<String, Map<String, String>> rows = new TreeMap<>(truth.patients());
    rows.putAll(truth.appointments());
    names("select ProvNum, LName from provider", "practitioner", "family", rows);
    names("select OperatoryNum, OpName from operatory", "location", "name", rows);
    return rows;
  }

  private void names(String sql, String type, String field, Map<String, Map<String, String>> rows) {
    JdbcClient.create(house.sandbox().practice(practice).dataSource())
        .sql(sql)
        .query(
            row -> {
              rows.put(
                  practice + "-" + type + "-" + row.getLong(1), Map.of(field, row.getString(2)));
            });
  }

  private static Map<String, String> fields(Resource resource) {
    if (resource instanceof Practitioner practitioner) {
      return Map.of("family", practitioner.getNameFirstRep().getFamily());
    }
    return resource instanceof Location location
        ? Map.of("name", location.getName())
        : FhirEnds.fields(resource);
  }
}
