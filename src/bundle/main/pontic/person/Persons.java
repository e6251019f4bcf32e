package pontic.person;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import pontic.store.StoredJson;
import pontic.store.Transaction;
import pontic.store.Vault;

/** Rows of persons, bookings, their identifiers, and what senders asserted of them. */
public final class Persons {
  public static final String PATIENT = "Patient";
  public static final String APPOINTMENT = "Appointment";

  /**
   * Kind of what was said of a person's name and birth date where that is known to mean him: a
   * person has decided so, or it was said of who was merged into him.
   */
  public static final String CALLED = "called";

  /** In the words of the index asserted_row, without which it is a walk of all that was told. */
  static final String TOLD_OF =
      """
      select distinct p.pat_num, substr(a.target, length(a.person_id) + 1) as which from asserted a
      join person p on p.practice = a.practice and p.id = a.person_id
      where a.practice = :practice and a.kind = :kind and a.person_id <> ''
        and substr(a.target, length(a.person_id) + 1) in (:rows)
      """;

  /** So many rows in one question: databases take so many parameters and no more. */
  private static final int ASKED_AT_ONCE = 500;

  private static final ObjectMapper JSON =
      new ObjectMapper(JsonFactory.builder().streamReadConstraints(StoredJson.BOUNDS).build());

  private final Vault vault;

  public Persons(Vault vault) {
    this.vault = vault;
  }

  /** Follows merges. */
  public Optional<Person> find(Transaction tx, String practice, String id) {
    Optional<String> mergedInto =
        tx.sql("select merged_into from person where practice = :practice and id = :id")
            .param("practice", practice)
            .param("id", id)
            .query(String.class)
            .optional();
    if (mergedInto.isEmpty()) {
      return Optional.empty();
    }
    if (!mergedInto.get().isEmpty()) {
      return find(tx, practice, mergedInto.get());
    }
    return tx.sql(
            "select practice, id, state, pat_num, held_by from person where practice = :practice and id = :id")
        .param("practice", practice)
        .param("id", id)
        .query(Persons::person)
        .optional();
  }

  public Optional<Person> byPatNum(Transaction tx, String practice, long patNum) {
    return tx.sql(
            """
            select practice, id, state, pat_num, held_by from person
            where practice = :practice and pat_num = :patNum and merged_into = '' order by id limit 1
            """)
        .param("practice", practice)
        .param("patNum", patNum)
        .query(Persons::person)
        .optional();
  }

  /** Those of the same name and birth date that wait for their PatNum. */
  public List<Alike> waitingAlike(Transaction tx, String practice, String nameBirthIndex) {
    return tx.sql(
            """
            select practice, id, state, pat_num, held_by, more_indexes from person
            where practice = :practice and name_birth_index = :name and pat_num = 0 and merged_into = '' order by id
            """)
        .param("practice", practice)
        .param("name", nameBirthIndex)
        .query((row, n) -> new Alike(person(row, n), strings(row.getString("more_indexes"))))
        .list();
  }

  /** A person with the keyed hashes of what it could be told apart by. */
  public record Alike(Person person, List<String> moreIndexes) {}

  public Person create(
      Transaction tx,
      String practice,
      String state,
      long patNum,
      String nameBirthIndex,
      List<String> more,
      String heldBy,
      List<Long> candidates) {
    String id = "p-" + UUID.randomUUID();
    tx.sql(
            """
            insert into person (practice, id, state, pat_num, name_birth_index, more_indexes, merged_into, held_by, candidates)
            values (:practice, :id, :state, :patNum, :name, :more, '', :heldBy, :candidates)
            """)
        .param("practice", practice)
        .param("id", id)
        .param("state", state)
        .param("patNum", patNum)
        .param("name", nameBirthIndex)
        .param("more", text(more))
        .param("heldBy", heldBy)
        .param("candidates", text(candidates))
        .update();
    return new Person(practice, id, state, patNum, heldBy);
  }

  public void hold(Transaction tx, Person person, String messageId, List<Long> candidates) {
    tx.sql(
            """
            update person set state = 'held', held_by = :message, candidates = :candidates
            where practice = :practice and id = :id
            """)
        .param("message", messageId)
        .param("candidates", text(candidates))
        .param("practice", person.practice())
        .param("id", person.id())
        .update();
  }

  public void release(Transaction tx, Person person) {
    tx.sql(
            """
            update person set state = case when pat_num = 0 then 'waiting' else 'known' end, held_by = '', candidates = '[]'
            where practice = :practice and id = :id
            """)
        .param("practice", person.practice())
        .param("id", person.id())
        .update();
  }

  /**
   * A person has said that these are not this patient.
   *
   * @param others PatNums, and ids of persons whose PatNum is not known yet
   */
  public void ruleOut(Transaction tx, Person person, Collection<String> others) {
    Set<String> all = new TreeSet<>(texts(tx, person, "ruled_out"));
    all.addAll(others);
    tx.sql("update person set ruled_out = :others where practice = :practice and id = :id")
        .param("others", text(all))
        .param("practice", person.practice())
        .param("id", person.id())
        .update();
  }

  /** PatNums of those that a person has said not to be this patient, as far as they are known. */
  public Set<Long> ruledOut(Transaction tx, Person person) {
    return texts(tx, person, "ruled_out").stream()
        .map(
            other ->
                other.startsWith("p-")
                    ? find(tx, person.practice(), other).map(Person::patNum).orElse(0L)
                    : Long.parseLong(other))
        .filter(patNum -> patNum != 0)
        .collect(Collectors.toSet());
  }

  /** PatNums between which a person is to decide. */
  public List<Long> candidates(Transaction tx, Person person) {
    return texts(tx, person, "candidates").stream().map(Long::parseLong).toList();
  }

  /** Others of the same name and birth date that wait for their PatNum. */
  public List<Person> waitingBeside(Transaction tx, Person person) {
    return texts(tx, person, "name_birth_index").stream()
        .flatMap(index -> waitingAlike(tx, person.practice(), index).stream())
        .map(Alike::person)
        .filter(other -> !other.id().equals(person.id()))
        .toList();
  }

  private static List<String> texts(Transaction tx, Person person, String column) {
    String text =
        tx.sql("select " + column + " from person where practice = :practice and id = :id")
            .param("practice", person.practice())
            .param("id", person.id())
            .query(String.class)
            .single();
    return text.startsWith("[") ? strings(text) : text.isEmpty() ? List.of() : List.of(text);
  }

  /** Takes back a person whom Open Dental does not know, with the bookings and identifiers. */
  public void forget(Transaction tx, Person person) {
    for (String sql :
        List.of(
            """
            delete from identifier where practice = :practice and ((kind = 'Patient' and target = :id) or (kind = 'Appointment'
              and target in (select id from booking where practice = :practice and person_id = :id and apt_num = 0)))
            """,
            "update identifier_claim set former = '' where practice = :practice and former = :id",
            "delete from booking where practice = :practice and person_id = :id and apt_num = 0",
            "delete from person where practice = :practice and id = :id and pat_num = 0")) {
      tx.sql(sql).param("practice", person.practice()).param("id", person.id()).update();
    }
  }

  /**
   * The person's PatNum is known now. If another person already has it, the two are one: the given
   * one is merged into that one, and identifiers, bookings, asserted bodies and open work move with
   * it.
   *
   * @return the person that stands for the PatNum from now on
   */
  public Person becomeKnown(Transaction tx, Person person, long patNum) {
    heldBack(tx, person, patNum);
    Optional<Person> other =
        byPatNum(tx, person.practice(), patNum).filter(p -> !p.id().equals(person.id()));
    if (other.isEmpty()) {
      tx.sql(
              """
              update person set pat_num = :patNum, state = case when state = 'held' then 'held' else 'known' end
              where practice = :practice and id = :id
              """)
          .param("patNum", patNum)
          .param("practice", person.practice())
          .param("id", person.id())
          .update();
      if (person.known() && person.patNum() != patNum) {
        // What was read of the former patient says nothing about this one.
        tx.sql("update work set cycle = cycle + 1 where practice = :practice and person_id = :id")
            .param("practice", person.practice())
            .param("id", person.id())
            .update();
      }
      return find(tx, person.practice(), person.id()).orElseThrow();
    }
    if (person.held() && !other.get().held()) {
      hold(tx, other.get(), person.heldBy(), List.of());
    }
    merge(tx, person, other.get());
    return find(tx, person.practice(), other.get().id()).orElseThrow();
  }

  /**
   * What is half written of him is held back of this patient too; of the former as well, until its
   * records are read again (decision 0440).
   */
  private static void heldBack(Transaction tx, Person person, long patNum) {
    tx.sql(
            """
            insert into half_written (practice, work_id, resource, patient_key)
            select distinct h.practice, h.work_id, h.resource, cast(:patNum as bigint) from work w
            join half_written h on h.work_id = w.id where w.practice = :practice and w.person_id = :person
            on conflict (work_id, resource, patient_key) do nothing
            """)
        .param("patNum", patNum)
        .param("practice", person.practice())
        .param("person", person.id())
        .update();
  }

  /**
   * Everything that hung on {@code from} hangs on {@code into}; what both have stays as {@code
   * into} has it.
   */
  public void merge(Transaction tx, Person from, Person into) {
    rememberCalled(tx, from, into);
    for (String statement :
        List.of(
            "update person set state = 'merged', merged_into = :into where practice = :practice and id = :from",
            "update identifier set target = :into where practice = :practice and kind = 'Patient' and target = :from",
            "update identifier_claim set former = :into where practice = :practice and former = :from",
            "update booking set person_id = :into where practice = :practice and person_id = :from",
            // Somebody else's message may lie between two that were folded: each by itself again,
            // and
            // what was read for all of them counts for none.
            """
            update work set cycle = cycle + 1, alone = 1
            where practice = :practice and person_id in (:from, :into) and id in (
              select f.folded_into from work f where f.practice = :practice and f.state = 'folded')
              and not exists (select 1 from call c where c.work_id = work.id and c.purpose = 'call')
            """,
            """
            update work set state = 'waiting', folded_into = '', alone = 1
            where practice = :practice and state = 'folded' and person_id in (:from, :into) and not exists (
              select 1 from call c where c.work_id = work.folded_into and c.purpose = 'call')
            """,
            "update work set person_id = :into, cycle = cycle + 1 where practice = :practice and person_id = :from",
            // An asserted body is sealed for its row, so it cannot move; the survivor's next
            // message starts a new one.
            "delete from asserted where practice = :practice and kind = 'Patient' and target = :from",
            "delete from asserted where practice = :practice and person_id = :from and person_id <> ''")) {
      tx.sql(statement)
          .param("into", into.id())
          .param("practice", from.practice())
          .param("from", from.id())
          .update();
    }
  }

  /** Whoever goes on to call him what one of the two was called means {@code into}. */
  private void rememberCalled(Transaction tx, Person from, Person into) {
    for (Said each : callings(tx, from.practice(), List.of(from.id(), into.id()), from.id())) {
      String which = each.target().substring(each.target().indexOf('#') + 1);
      asserted(tx, from.practice(), each.sender(), each.kind(), each.target())
          .ifPresent(
              words ->
                  assertedNow(
                      tx,
                      from.practice(),
                      each.sender(),
                      CALLED,
                      into.id() + "#" + which,
                      each.message(),
                      0,
                      words.fields()));
    }
  }

  public List<String> targets(
      Transaction tx, String practice, String kind, List<Identifier> identifiers) {
    List<String> targets = new ArrayList<>();
    for (Identifier identifier : identifiers) {
      target(tx, practice, kind, identifier.system(), index(identifier))
          .filter(target -> !targets.contains(target))
          .ifPresent(targets::add);
    }
    return targets;
  }

  /** Those of one system that stand here under one of these kinds, whomever they lead to. */
  public Set<Identifier> knownOf(
      Transaction tx,
      String practice,
      Collection<String> kinds,
      String system,
      List<Identifier> identifiers) {
    Map<String, Identifier> byIndex =
        identifiers.stream()
            .collect(Collectors.toMap(this::index, identifier -> identifier, (one, same) -> one));
    List<String> indexes = List.copyOf(byIndex.keySet());
    Set<Identifier> known = new HashSet<>();
    for (int from = 0; from < indexes.size(); from += ASKED_AT_ONCE) {
      tx.sql(
              """
              select distinct value_index from identifier
              where practice = :practice and kind in (:kinds) and system = :system and value_index in (:values)
              """)
          .param("practice", practice)
          .param("kinds", kinds)
          .param("system", system)
          .param("values", indexes.subList(from, Math.min(from + ASKED_AT_ONCE, indexes.size())))
          .query(String.class)
          .list()
          .forEach(index -> known.add(byIndex.get(index)));
    }
    return known;
  }

  static Optional<String> target(
      Transaction tx, String practice, String kind, String system, String index) {
    return tx.sql(
            """
            select target from identifier
            where practice = :practice and kind = :kind and system = :system and value_index = :value
            """)
        .param("practice", practice)
        .param("kind", kind)
        .param("system", system)
        .param("value", index)
        .query(String.class)
        .optional();
  }

  /** Remembers the identifiers for this target; one that already points elsewhere is left. */
  public void remember(
      Transaction tx, String practice, String kind, List<Identifier> identifiers, String target) {
    for (Identifier identifier : identifiers) {
      tx.sql(
              """
              insert into identifier (practice, kind, system, value_index, target)
              values (:practice, :kind, :system, :value, :target)
              on conflict (practice, kind, system, value_index) do nothing
              """)
          .param("practice", practice)
          .param("kind", kind)
          .param("system", identifier.system())
          .param("value", index(identifier))
          .param("target", target)
          .update();
    }
  }

  /** The identifiers lead to this target from now on, wherever they led before. */
  public void lead(
      Transaction tx, String practice, String kind, List<Identifier> identifiers, String target) {
    for (Identifier identifier : identifiers) {
      point(tx, practice, kind, identifier.system(), index(identifier), target);
    }
  }

  static void point(
      Transaction tx, String practice, String kind, String system, String index, String target) {
    tx.sql(
            """
            insert into identifier (practice, kind, system, value_index, target)
            values (:practice, :kind, :system, :value, :target)
            on conflict (practice, kind, system, value_index) do update set target = excluded.target
            """)
        .param("practice", practice)
        .param("kind", kind)
        .param("system", system)
        .param("value", index)
        .param("target", target)
        .update();
  }

  public String index(Identifier identifier) {
    return vault.index("identifier|" + identifier.system(), identifier.value());
  }

  public Optional<Booking> booking(Transaction tx, String practice, String id) {
    return tx.sql(
            "select practice, id, apt_num, person_id, state from booking where practice = :practice and id = :id")
        .param("practice", practice)
        .param("id", id)
        .query(Persons::bookingRow)
        .optional();
  }

  public Optional<Booking> bookingByAptNum(Transaction tx, String practice, long aptNum) {
    return tx.sql(
            """
            select practice, id, apt_num, person_id, state from booking
            where practice = :practice and apt_num = :aptNum order by id limit 1
            """)
        .param("practice", practice)
        .param("aptNum", aptNum)
        .query(Persons::bookingRow)
        .optional();
  }

  /** Those of some appointments that are bookings here. */
  public Set<Long> booked(Transaction tx, String practice, Set<Long> aptNums) {
    return aptNums.isEmpty()
        ? Set.of()
        : Set.copyOf(
            tx.sql(
                    "select distinct apt_num from booking where practice = :practice and apt_num in (:aptNums)")
                .param("practice", practice)
                .param("aptNums", aptNums)
                .query(Long.class)
                .list());
  }

  public Booking createBooking(Transaction tx, String practice, String personId, long aptNum) {
    String id = "b-" + UUID.randomUUID();
    String state = aptNum == 0 ? "waiting" : "known";
    tx.sql(
            """
            insert into booking (practice, id, apt_num, person_id, state) values (:practice, :id, :aptNum, :person, :state)
            """)
        .param("practice", practice)
        .param("id", id)
        .param("aptNum", aptNum)
        .param("person", personId)
        .param("state", state)
        .update();
    return new Booking(practice, id, aptNum, personId, state);
  }

  /**
   * Takes back a booking that Open Dental does not have and of which no message speaks any more.
   */
  public void forgetBooking(Transaction tx, String practice, String id) {
    for (String sql :
        List.of(
            """
            delete from booking where practice = :practice and id = :id and apt_num = 0 and not exists (
              select 1 from work w where w.practice = :practice and w.booking_id = :id and w.state in ('waiting', 'parked', 'folded'))
            """,
            """
            delete from identifier where practice = :practice and kind = 'Appointment' and target = :id
              and not exists (select 1 from booking b where b.practice = :practice and b.id = :id)
            """)) {
      tx.sql(sql).param("practice", practice).param("id", id).update();
    }
  }

  public void bookingKnown(Transaction tx, Booking booking, long aptNum) {
    tx.sql(
            "update booking set apt_num = :aptNum, state = 'known' where practice = :practice and id = :id")
        .param("aptNum", aptNum)
        .param("practice", booking.practice())
        .param("id", booking.id())
        .update();
  }

  public void bookingState(Transaction tx, Booking booking, String state) {
    tx.sql("update booking set state = :state where practice = :practice and id = :id")
        .param("state", state)
        .param("practice", booking.practice())
        .param("id", booking.id())
        .update();
  }

  public Optional<Asserted> asserted(
      Transaction tx, String practice, String sender, String kind, String target) {
    return tx.sql(
            """
            select body, seqs from asserted
            where practice = :practice and sender = :sender and kind = :kind and target = :target
            """)
        .param("practice", practice)
        .param("sender", sender)
        .param("kind", kind)
        .param("target", target)
        .query(
            (found, n) ->
                new Asserted(
                    parse(
                        vault.open(
                            "asserted",
                            row(practice, sender, kind, target),
                            found.getString("body"))),
                    places(found.getString("seqs"))))
        .optional();
  }

  /**
   * What a person was called: by each sender in its last message that was written, and in those of
   * which somebody has decided that they mean him.
   */
  public List<JsonNode> called(Transaction tx, Person person) {
    return callings(tx, person.practice(), List.of(person.id()), person.id()).stream()
        .flatMap(
            said ->
                asserted(tx, person.practice(), said.sender(), said.kind(), said.target()).stream())
        .map(Asserted::fields)
        .toList();
  }

  /** One time that a person was called so. */
  private record Said(String sender, String kind, String target, String message) {}

  /**
   * Each time that somebody was called.
   *
   * @param targets ids of who was called so in messages that were written
   * @param person of whom somebody has decided that he was called so
   */
  private static List<Said> callings(
      Transaction tx, String practice, Collection<String> targets, String person) {
    return tx.sql(
            """
            select sender, kind, target, message_id from asserted
            where practice = :practice and kind = :patient and target in (:targets)
            union all
            select sender, kind, target, message_id from asserted
            where practice = :practice and person_id = :person and person_id <> '' and kind = :called
            """)
        .param("practice", practice)
        .param("patient", PATIENT)
        .param("called", CALLED)
        .param("targets", targets)
        .param("person", person)
        .query(
            (row, n) ->
                new Said(
                    row.getString("sender"),
                    row.getString("kind"),
                    row.getString("target"),
                    row.getString("message_id")))
        .list();
  }

  /** Keyed hash of name and birth date of who waits for his PatNum; "" if they are not known. */
  public String nameBirth(Transaction tx, Person person) {
    return tx.sql("select name_birth_index from person where practice = :practice and id = :id")
        .param("practice", person.practice())
        .param("id", person.id())
        .query(String.class)
        .single();
  }

  /** What the sender last said of rows of a person: by type, # and which row it is. */
  public Map<String, Asserted> assertedOfRows(
      Transaction tx, String practice, String sender, String personId) {
    Map<String, Asserted> rows = new HashMap<>();
    tx.sql(
            """
            select kind, target from asserted
            where practice = :practice and person_id = :person and person_id <> '' and sender = :sender
            """)
        .param("practice", practice)
        .param("person", personId)
        .param("sender", sender)
        .query((found, n) -> List.of(found.getString("kind"), found.getString("target")))
        .list()
        .forEach(
            row ->
                asserted(tx, practice, sender, row.get(0), row.get(1))
                    .ifPresent(
                        said ->
                            rows.put(
                                row.get(0) + row.get(1).substring(row.get(1).indexOf('#')), said)));
    return rows;
  }

  /** Who has told of rows of a person. */
  public Set<String> sendersOfRows(Transaction tx, String practice, String personId) {
    return Set.copyOf(
        tx.sql(
                """
                select distinct sender from asserted
                where practice = :practice and person_id = :person and person_id <> ''
                """)
            .param("practice", practice)
            .param("person", personId)
            .query(String.class)
            .list());
  }

  /**
   * PatNums of those of whom rows were told, whoever told them.
   *
   * @param rows of each its type, # and which row it is
   * @return by row, as far as anybody told of it
   */
  public Map<String, Set<Long>> toldOf(Transaction tx, String practice, Collection<String> rows) {
    Map<String, List<String>> kinds =
        rows.stream()
            .distinct()
            .collect(
                Collectors.groupingBy(
                    row -> row.substring(0, row.indexOf('#')),
                    Collectors.mapping(
                        row -> row.substring(row.indexOf('#')), Collectors.toList())));
    List<Map.Entry<String, Long>> told = new ArrayList<>();
    kinds.forEach(
        (kind, which) -> {
          for (int from = 0; from < which.size(); from += ASKED_AT_ONCE) {
            told.addAll(
                tx.sql(TOLD_OF)
                    .param("practice", practice)
                    .param("kind", kind)
                    .param(
                        "rows", which.subList(from, Math.min(from + ASKED_AT_ONCE, which.size())))
                    .query(
                        (found, n) ->
                            Map.entry(kind + found.getString("which"), found.getLong("pat_num")))
                    .list());
          }
        });
    return told.stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey,
                Collectors.mapping(Map.Entry::getValue, Collectors.toUnmodifiableSet())));
  }

  /**
   * The sender said this; where a newer message of the same sender has spoken of a field, that
   * stays.
   *
   * @param target a person, a booking, or a row of a person: his id, # and which row it is
   * @param seq place of the message among the practice's messages
   */
  public void assertedNow(
      Transaction tx,
      String practice,
      String sender,
      String kind,
      String target,
      String messageId,
      long seq,
      JsonNode fields) {
    Asserted now =
        asserted(tx, practice, sender, kind, target)
            .orElse(new Asserted(JSON.createObjectNode(), Map.of()))
            .with(fields, seq);
    tx.sql(
            """
            insert into asserted (practice, sender, kind, target, person_id, message_id, body, seqs)
            values (:practice, :sender, :kind, :target, :person, :message, :body, :seqs)
            on conflict (practice, sender, kind, target)
            do update set message_id = excluded.message_id, body = excluded.body, seqs = excluded.seqs
            """)
        .param("practice", practice)
        .param("sender", sender)
        .param("kind", kind)
        .param("target", target)
        .param("person", target.contains("#") ? target.substring(0, target.indexOf('#')) : "")
        .param("message", messageId)
        .param(
            "body",
            vault.seal(
                "asserted",
                row(practice, sender, kind, target),
                now.fields().toString().getBytes(StandardCharsets.UTF_8)))
        .param("seqs", text(now.seqs()))
        .update();
  }

  private static String row(String practice, String sender, String kind, String target) {
    return String.join("|", practice, sender, kind, target);
  }

  private static Person person(ResultSet row, int n) throws SQLException {
    return new Person(
        row.getString("practice"),
        row.getString("id"),
        row.getString("state"),
        row.getLong("pat_num"),
        row.getString("held_by"));
  }

  private static Booking bookingRow(ResultSet row, int n) throws SQLException {
    return new Booking(
        row.getString("practice"),
        row.getString("id"),
        row.getLong("apt_num"),
        row.getString("person_id"),
        row.getString("state"));
  }

  private static String text(Object values) {
    try {
      return JSON.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("hashes and keys are plain", e);
    }
  }

  private static Map<String, Long> places(String json) {
    Map<String, Long> places = new HashMap<>();
    parse(json.getBytes(StandardCharsets.UTF_8))
        .properties()
        .forEach(field -> places.put(field.getKey(), field.getValue().asLong()));
    return places;
  }

  private static List<String> strings(String json) {
    List<String> values = new ArrayList<>();
    parse(json.getBytes(StandardCharsets.UTF_8)).forEach(value -> values.add(value.asText()));
    return values;
  }

  private static JsonNode parse(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (java.io.IOException e) {
      throw new IllegalStateException("a body in the store is not JSON", e);
    }
  }
}
