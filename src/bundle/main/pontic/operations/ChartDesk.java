package pontic.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import pontic.audit.Audit;
import pontic.mapping.Mapper;
import pontic.mapping.MapperOf;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.record.PatientRecords;
import pontic.record.PatientRecords.Kept;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * All that Pontic would tell of one patient, and what it would not: the records, what they point
 * to, what waits and what is parked. Each look is a row of the audit before anything is shown.
 */
public final class ChartDesk {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Store store;
  private final Audit audit;
  private final Settings settings;
  private final MapperOf mappers;

  /**
   * @param mappers of practices, for destinations that name a mapping of their own
   */
  public ChartDesk(Store store, Audit audit, Settings settings, MapperOf mappers) {
    this.store = store;
    this.audit = audit;
    this.settings = settings;
    this.mappers = mappers;
  }

  /** What is asked for is not there, in words for a person. */
  static final class NoChart extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoChart(String why) {
      super(why);
    }
  }

  /**
   * @param destination as this one is told it: what its types and its mapping leave; "" = the
   *     records as they are
   * @throws NoChart if there is no such practice, destination or patient
   */
  ObjectNode chart(String practiceId, long patNum, String destination, String who) {
    Practice practice =
        settings
            .practice(practiceId)
            .orElseThrow(() -> new NoChart("there is no practice of this id"));
    Optional<Destination> told = told(practiceId, destination);
    PatientRecords records = new PatientRecords(store);
    List<Kept> kept = records.of(practiceId, patNum);
    if (kept.isEmpty()) {
      throw new NoChart(
          "nothing was read of a patient with this PatNum; ./pontic status --details shows how far the practice is read");
    }
    ObjectNode chart =
        store.write(
            tx -> {
              audit.record(tx, "chart", practiceId, who, "patients/" + patNum);
              ObjectNode node = JSON.createObjectNode();
              node.put("at", tx.now().toString());
              node.set("waiting", waiting(tx, practiceId, patNum, destination));
              node.set("messages", messages(tx, practiceId, patNum));
              return node;
            });
    chart.put("practice", practiceId).put("name", practice.name());
    chart.put("zone", practice.zone().getId()).put("patient", patNum);
    chart.put("destination", destination).put("askedBy", who);
    chart.put("mapping", told.flatMap(Destination::mapping).orElse(""));
    Set<String> references = new TreeSet<>();
    ArrayNode all = chart.putArray("records");
    for (Kept one : kept) {
      if (told.map(each -> each.tells(one.kind().text())).orElse(true)) {
        ObjectNode node = node(one, practiceId, told);
        node.findValues("reference").forEach(each -> references.add(each.asText()));
        all.add(node);
      }
    }
    all.forEach(
        one ->
            references.remove(
                one.path("resource").path("resourceType").asText()
                    + "/"
                    + one.path("resource").path("id").asText()));
    ArrayNode others = chart.putArray("others");
    for (Kept one : records.named(practiceId, references)) {
      if (told.map(each -> each.tells(one.kind().text())).orElse(true)) {
        others.add(node(one, practiceId, told));
      }
    }
    return chart;
  }

  private Optional<Destination> told(String practice, String destination) {
    if (destination.isEmpty()) {
      return Optional.empty();
    }
    Destination found =
        settings
            .destination(destination)
            .filter(each -> each.serves(practice))
            .orElseThrow(() -> new NoChart("there is no such destination of this practice"));
    if (found.kind() != Destination.Kind.FHIR) {
      throw new NoChart("an HL7 v2 destination gets messages, no chart; leave --destination out");
    }
    return Optional.of(found);
  }

  private ObjectNode node(Kept kept, String practice, Optional<Destination> told) {
    ObjectNode node = JSON.createObjectNode();
    node.put("kind", kept.kind().text()).put("key", kept.key());
    node.put("version", kept.version()).put("state", kept.state()).put("reason", kept.reason());
    node.put("changedAt", kept.changedAt().toString());
    if (!kept.fhir().isEmpty()) {
      JsonNode fhir = read(kept.fhir());
      node.set(
          "resource",
          told.flatMap(Destination::mapping)
              .map(name -> mapped(mappers.mapper(practice, name), fhir))
              .orElse(fhir));
    }
    return node;
  }

  private static JsonNode mapped(Mapper mapper, JsonNode fhir) {
    return mapper.map(fhir, Map.of());
  }

  private static JsonNode read(String fhir) {
    try {
      return JSON.readTree(fhir);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes the resource.
      throw new IllegalStateException("a record is no JSON");
    }
  }

  /** What destinations do not have yet, or refused. */
  private static ArrayNode waiting(
      Transaction tx, String practice, long patNum, String destination) {
    ArrayNode all = JSON.createArrayNode();
    tx.sql(
            """
            select practice, destination, resource, row_key, state, attempts, reason from due
            where practice = :practice and patient_key = :patient and (:destination = '' or destination = :destination)
            order by destination, resource, row_key
            """)
        .param("practice", practice)
        .param("patient", patNum)
        .param("destination", destination)
        .query(
            (row, number) ->
                JSON.createObjectNode()
                    .put("delivery", Control.delivery(row))
                    .put("destination", row.getString("destination"))
                    .put("kind", row.getString("resource"))
                    .put("key", row.getLong("row_key"))
                    .put("state", row.getString("state"))
                    .put("attempts", row.getInt("attempts"))
                    .put("reason", row.getString("reason")))
        .list()
        .forEach(all::add);
    return all;
  }

  /** Messages about the patient that wait for a person. */
  private static ArrayNode messages(Transaction tx, String practice, long patNum) {
    ArrayNode all = JSON.createArrayNode();
    tx.sql(
            """
            select m.id, m.type, m.receipt_reason from message m join work w on w.message_id = m.id and w.state = 'parked'
              join person p on p.practice = w.practice and p.id = w.person_id
            where m.practice = ? and m.receipt_end = 'parked' and p.pat_num = ? order by m.seq
            """)
        .params(practice, patNum)
        .query(
            (row, number) ->
                JSON.createObjectNode()
                    .put("message", row.getString("id"))
                    .put("type", row.getString("type"))
                    .put("reason", row.getString("receipt_reason")))
        .list()
        .forEach(all::add);
    return all;
  }
}
