package pontic.proof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import pontic.house.House;

/**
 * What the destinations were told, compared with the practices' databases row by row. Nothing here
 * is read from Pontic.
 */
final class Told {
  /** How a difference between database and destination is told. */
  static final String MISSED = "missed: ";

  private final House house;
  private final Peers peers;
  private final List<Load> loads;

  Told(House house, Peers peers, List<Load> loads) {
    this.house = house;
    this.peers = peers;
    this.loads = loads;
  }

  /** Where a destination's newest state is not Open Dental's. */
  List<String> differences() {
    FhirEnds hospital = new FhirEnds(Peers.HOSPITAL, peers.hospital());
    FhirEnds registry = new FhirEnds(Peers.REGISTRY, peers.registry());
    Hl7Ends hl7 = new Hl7Ends(peers.mllp().frames());
    List<String> found = new ArrayList<>();
    Set<String> rows = new TreeSet<>();
    for (Load load : loads) {
      Truth truth = Truth.of(load.practice(), house);
      Words words = Words.of(load, truth);
      rows.addAll(truth.patients().keySet());
      rows.addAll(truth.appointments().keySet());
      truth
          .patients()
          .forEach(
              (id, row) -> {
                fhir(found, hospital, "Patient", id, row, words.of(id));
                fhir(found, registry, "Patient", id, row, Map.of());
                hl7.patient(found, id, row, words.of(id));
              });
      truth
          .appointments()
          .forEach(
              (id, row) -> {
                fhir(found, hospital, "Appointment", id, row, words.of(id));
                fhir(found, registry, "Appointment", id, row, Map.of());
                hl7.appointment(found, id, row, words.of(id));
              });
    }
    hospital.withoutRow(found, rows);
    registry.withoutRow(found, rows);
    hl7.withoutRow(found, rows);
    return found;
  }

  /** All that is not as promised: differences, illegal histories, repetitions not to be known. */
  List<String> broken() {
    List<String> found = new ArrayList<>(differences());
    new FhirEnds(Peers.HOSPITAL, peers.hospital()).versions(found);
    new FhirEnds(Peers.REGISTRY, peers.registry()).versions(found);
    Set<String> own = new TreeSet<>();
    for (Load load : loads) {
      own.addAll(Words.of(load, Truth.of(load.practice(), house)).rows());
    }
    new Hl7Ends(peers.mllp().frames()).histories(found, own);
    return found;
  }

  private static void fhir(
      List<String> found,
      FhirEnds server,
      String type,
      String id,
      Map<String, String> row,
      Map<String, Set<String>> words) {
    Optional<Map<String, String>> stands = server.newest(type, id);
    if (row.getOrDefault("status", "").equals(Truth.NOT_SENT)) {
      stands
          .filter(resource -> !resource.get("status").equals("entered-in-error"))
          .ifPresent(resource -> found.add(MISSED + server.name() + " still has " + id));
      return;
    }
    compare(found, server.name(), id, row, stands, words);
  }

  /**
   * @param stands what the destination has
   * @param words what the destination itself said of the row, by field; it need not be told that
   */
  static void compare(
      List<String> found,
      String where,
      String id,
      Map<String, String> row,
      Optional<Map<String, String>> stands,
      Map<String, Set<String>> words) {
    if (stands.isEmpty() && words.isEmpty()) {
      found.add(MISSED + where + " does not have " + id);
      return;
    }
    Map<String, String> wrong = new LinkedHashMap<>();
    row.forEach(
        (field, value) -> {
          boolean equal = stands.isPresent() && value.equals(stands.get().get(field));
          boolean skipped =
              (stands.isPresent() && !stands.get().containsKey(field))
                  || (stands.isEmpty() && !words.containsKey(field));
          if (!equal && !skipped && !words.getOrDefault(field, Set.of()).contains(value)) {
            wrong.put(
                field,
                value + " and there " + stands.map(each -> each.get(field)).orElse("nothing"));
          }
        });
    if (!wrong.isEmpty()) {
      found.add(MISSED + where + ": " + id + " is " + wrong);
    }
  }
}
