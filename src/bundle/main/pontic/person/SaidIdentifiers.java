package pontic.person;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * What senders call patients and bookings, as they wrote it, so that it can be said back to them
 * (decision 0105). Whose an identifier is stands in the crosswalk alone ({@code identifier}), so
 * what is merged there is merged here. And what they call rows of a chart that they brought, by the
 * row's key (decision 0330).
 */
public final class SaidIdentifiers {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String SAID = "said_identifier";

  private static final String OF_A_ROW = "row_identifier";

  /**
   * Nothing of a person who is in doubt: the identifier may be another's. Nor a number that a merge
   * has moved, or a parked message brought, which may yet be given up (decision 0414).
   */
  private static final String OF_PATIENT =
      """
      select s.system, s.value_index, s.sender, s.said from person t
      join identifier i on i.practice = t.practice and i.kind = 'Patient' and i.target = t.id
      join said_identifier s on s.practice = i.practice and s.kind = i.kind and s.system = i.system
        and s.value_index = i.value_index
      where t.practice = :practice and t.pat_num = :key and t.merged_into = '' and t.state <> 'held' and s.sender in (:senders)
        and not exists (select 1 from identifier_claim c where c.practice = i.practice and c.system = i.system
          and c.value_index = i.value_index and c.former < i.target
          and (c.former <> '' or exists (select 1 from work w where w.message_id = c.message_id and w.state = 'parked')))
        and not exists (select 1 from identifier_claim c where c.practice = i.practice and c.system = i.system
          and c.value_index = i.value_index and c.former > i.target)
      order by s.said_at desc, s.value_index
      """;

  private static final String OF_APPOINTMENT =
      """
      select s.system, s.value_index, s.sender, s.said from booking t
      join identifier i on i.practice = t.practice and i.kind = 'Appointment' and i.target = t.id
      join said_identifier s on s.practice = i.practice and s.kind = i.kind and s.system = i.system
        and s.value_index = i.value_index
      where t.practice = :practice and t.apt_num = :key and s.sender in (:senders)
      order by s.said_at desc, s.value_index
      """;

  private static final String OF_ROW =
      """
      select system, value_index, sender, said from row_identifier
      where practice = :practice and resource = :kind and row_key = :key and sender in (:senders)
      order by said_at desc, value_index
      """;

  /** Ours, which somebody says back. */
  private static final String OWN = "urn:pontic:";

  private final Store store;
  private final Persons persons;

  public SaidIdentifiers(Store store, Persons persons) {
    this.store = store;
    this.persons = persons;
  }

  /**
   * @param kind {@link Persons#PATIENT} or {@link Persons#APPOINTMENT}
   * @param identifier as the crosswalk has it
   * @param said FHIR Identifier as the sender's message made it
   */
  public void remember(
      Transaction tx,
      String practice,
      String kind,
      String sender,
      Identifier identifier,
      JsonNode said) {
    String index = persons.index(identifier);
    tx.sql(
            """
            insert into said_identifier (practice, kind, system, value_index, sender, said, said_at)
            values (:practice, :kind, :system, :value, :sender, :said, :now)
            on conflict (practice, kind, system, value_index, sender) do nothing
            """)
        .param("practice", practice)
        .param("kind", kind)
        .param("system", identifier.system())
        .param("value", index)
        .param("sender", sender)
        .param(
            "said",
            store
                .vault()
                .seal(
                    SAID,
                    row(practice, kind, identifier.system(), index, sender),
                    said.toString().getBytes(StandardCharsets.UTF_8)))
        .param("now", tx.now().toEpochMilli())
        .update();
  }

  /**
   * The sender calls a row of a chart so. What names nothing by itself, and our own number, is not
   * kept.
   *
   * @param resource kind of the row's record
   * @param said FHIR Identifier as the sender's message made it
   */
  public void rememberRow(
      Transaction tx, String practice, String resource, long key, String sender, JsonNode said) {
    String system = said.path("system").asText();
    String value = said.path("value").asText();
    if (system.isBlank() || value.isBlank() || system.startsWith(OWN)) {
      return;
    }
    String index = persons.index(new Identifier(system, value));
    tx.sql(
            """
            insert into row_identifier (practice, resource, row_key, sender, system, value_index, said, said_at)
            values (:practice, :resource, :key, :sender, :system, :value, :said, :now)
            on conflict (practice, resource, row_key, sender, system, value_index) do nothing
            """)
        .param("practice", practice)
        .param("resource", resource)
        .param("key", key)
        .param("sender", sender)
        .param("system", system)
        .param("value", index)
        .param(
            "said",
            store
                .vault()
                .seal(
                    OF_A_ROW,
                    ofRow(practice, resource, key, system, index, sender),
                    said.toString().getBytes(StandardCharsets.UTF_8)))
        .param("now", tx.now().toEpochMilli())
        .update();
  }

  /** It is not said back to anybody from now on: whoever gave it has given another instead. */
  public void forget(Transaction tx, String practice, String kind, Identifier identifier) {
    tx.sql(
            """
            delete from said_identifier
            where practice = :practice and kind = :kind and system = :system and value_index = :value
            """)
        .param("practice", practice)
        .param("kind", kind)
        .param("system", identifier.system())
        .param("value", persons.index(identifier))
        .update();
  }

  /**
   * What these senders call the row, the newest first, each once.
   *
   * @param kind of record: {@code Patient}, {@code AllergyIntolerance:allergy}
   * @param key of its row
   * @return FHIR Identifiers; empty for a patient who is in doubt
   */
  public List<JsonNode> of(String practice, Set<String> senders, String kind, long key) {
    if (senders.isEmpty()) {
      return List.of();
    }
    return switch (kind) {
      case Persons.PATIENT -> found(OF_PATIENT, practice, senders, kind, key, SAID);
      case Persons.APPOINTMENT -> found(OF_APPOINTMENT, practice, senders, kind, key, SAID);
      default -> found(OF_ROW, practice, senders, kind, key, OF_A_ROW);
    };
  }

  /**
   * @param table under whose name they are sealed
   */
  private List<JsonNode> found(
      String sql, String practice, Set<String> senders, String kind, long key, String table) {
    Map<String, JsonNode> found = new LinkedHashMap<>();
    store.read(
        tx -> {
          tx.sql(sql)
              .param("practice", practice)
              .param("kind", kind)
              .param("key", key)
              .param("senders", senders)
              .query(
                  row -> {
                    String system = row.getString("system");
                    String index = row.getString("value_index");
                    String sender = row.getString("sender");
                    String name =
                        table.equals(SAID)
                            ? row(practice, kind, system, index, sender)
                            : ofRow(practice, kind, key, system, index, sender);
                    found.putIfAbsent(
                        system + " " + index, opened(table, name, row.getString("said")));
                  });
          return true;
        });
    return List.copyOf(found.values());
  }

  private JsonNode opened(String table, String name, String said) {
    try {
      return JSON.readTree(store.vault().open(table, name, said));
    } catch (IOException e) {
      // Without the cause: its text quotes the identifier.
      throw new IllegalStateException("An identifier in the store is not JSON");
    }
  }

  private static String ofRow(
      String practice, String kind, long key, String system, String index, String sender) {
    return String.join("/", practice, kind, Long.toString(key), system, index, sender);
  }

  private static String row(
      String practice, String kind, String system, String index, String sender) {
    return String.join("/", practice, kind, system, index, sender);
  }
}
