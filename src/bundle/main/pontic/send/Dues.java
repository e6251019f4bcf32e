package pontic.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.audit.Audit;
import pontic.practice.Destination;
import pontic.record.Kind;
import pontic.record.Newest;
import pontic.store.Transaction;
import pontic.store.Vault;
import pontic.tally.Tally;

/**
 * What each destination still has to get, what it was sent and what it has acknowledged: the tables
 * {@code due}, {@code delivery} and {@code sending}. It knows no kind of destination. Whoever calls
 * holds the lease of the practice and destination, and has checked it in the same unit.
 */
public final class Dues {
  private static final Logger LOG = LoggerFactory.getLogger(Dues.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is referred to goes before what refers to it. */
  private static final List<String> ORDER =
      List.of("Practitioner", "Location", "Patient", "Appointment");

  private static final String OTHER = "";
  private static final int MOST_REFUSALS = 5;
  private static final Duration LONGEST_LAG = Duration.ofDays(1);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration WAIT = Duration.ofMillis(500);

  /** Of what was refused for want of another: doubled each time. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);

  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  /** With these pauses, about a day. */
  private static final int MOST_WAITS = 32;

  /** Failures of a destination in a row after which others are tried before the same again. */
  private static final int STUBBORN = 3;

  /** Times that a put-off ends early because the destination answered others. */
  private static final int TRUSTED = 3;

  private static final Duration LONG_ASIDE = Duration.ofMinutes(5);

  /** Long put-offs in vain, while the destination answers others, after which a row is parked. */
  private static final int MOST_ASIDE = 5;

  /** Echoes and rows to wait for that one claim ends at most: it holds the store meanwhile. */
  private static final int MOST_SPARED = 200;

  /** Keys that become due in one unit. */
  private static final int RANGE = 500;

  private static final String ENTRIES =
      """
      select d.practice, d.destination, d.resource, d.row_key, d.patient_key, d.bundle_limit, r.fhir_id, r.version, r.fhir,
        r.row_data, r.changed_at, d.parts_at, coalesce(x.parts_at, 0) as acknowledged_parts_at, coalesce(x.acknowledged_version, 0) as acknowledged_version,
        coalesce(x.acknowledged, '') as acknowledged, coalesce(x.acknowledged_row, '') as acknowledged_row,
        coalesce(x.attempt_state, '') as attempt_state, coalesce(x.attempted_version, 0) as attempted_version,
        coalesce(x.attempted, '') as attempted, coalesce(x.remote_version, '') as remote_version
      """;

  private static final String JOINED =
      """
      join record r on r.practice = d.practice and r.resource = d.resource and r.row_key = d.row_key
      """;

  /**
   * Nothing of a patient of whom something is parked, and nothing before its Patient. What is not
   * valid stands alone: only if the destination has no version of that Patient at all, the rest of
   * his waits.
   */
  private static final String FREE =
      """
      and d.practice = :practice and d.destination = :destination and d.state = 'due' and d.due_at <= :now
      and (d.patient_key = 0 or not exists (select 1 from due p where p.practice = d.practice
        and p.destination = d.destination and p.patient_key = d.patient_key and p.state = 'parked' and p.invalid = 0))
      and (d.patient_key = 0 or d.resource = 'Patient' or not exists (select 1 from due p where p.practice = d.practice
        and p.destination = d.destination and p.resource = 'Patient' and p.row_key = d.patient_key
        and (p.due_at > :now or (p.state = 'parked' and (p.invalid = 0 or not exists (select 1 from delivery k
          where k.practice = p.practice and k.destination = p.destination and k.resource = p.resource
          and k.row_key = p.row_key and k.acknowledged_version > 0))))))
      """;

  /**
   * Nothing newer of a patient of whom something was refused and is tried again, or is put off
   * after an unclear end; but a Patient that the destination never acknowledged goes: what was
   * refused may have been so for want of it; and what waits for another holds back nothing. What
   * refers to a Patient whose record is still to come (another feed brings it), or is still to
   * become due, waits a minute for it.
   */
  private static final String IN_ORDER =
      """
      and (d.patient_key = 0 or (d.resource = 'Patient' and not exists (select 1 from delivery k
        where k.practice = d.practice and k.destination = d.destination and k.resource = d.resource
        and k.row_key = d.row_key and k.acknowledged_version > 0 and k.acknowledged_row <> ''))
        or ((d.attempts > 0 or not exists (select 1 from due p where p.practice = d.practice
            and p.destination = d.destination and p.patient_key = d.patient_key and p.attempts > 0 and p.wants = ''))
          and d.patient_key not in (select p.patient_key from delivery u join due p on p.practice = u.practice
            and p.destination = u.destination and p.resource = u.resource and p.row_key = u.row_key
            where u.practice = :practice and u.destination = :destination and u.attempt_state = 'unknown' and p.due_at > :now)))
      and (d.patient_key = 0 or d.resource = 'Patient' or :patients = 0 or r.changed_at + 60000 <= :now or exists (select 1 from record n
        where n.practice = d.practice and n.resource = 'Patient' and n.row_key = d.patient_key
        and (n.state <> 'live'
          or exists (select 1 from delivery k where k.practice = d.practice and k.destination = d.destination
            and k.resource = 'Patient' and k.row_key = d.patient_key and k.acknowledged_version > 0)
          or exists (select 1 from due q where q.practice = d.practice and q.destination = d.destination
            and q.resource = 'Patient' and q.row_key = d.patient_key))))
      """;

  /**
   * Nothing of what Pontic itself is writing of this patient and has not ended, nor what was read
   * of it before its end (decision 0303).
   */
  private static final String WHOLE =
      """
      and not exists (select 1 from half_written h where h.practice = d.practice and h.patient_key = d.patient_key
        and h.resource = d.resource)
      and not exists (select 1 from reread h where h.practice = d.practice and h.resource = d.resource
        and h.row_key = d.row_key and h.until_at >= r.read_at)
      """;

  /** A row that moves without end is told after so many times the quiet time. */
  private static final int LONGEST_UNREST = 10;

  /**
   * Nothing of a patient of whom something due has moved just now: what was read may be half of a
   * change whose other rows are still to come. Together, so that nothing of a patient overtakes.
   * What has just become due moved just now; said first, since it costs no look at others.
   */
  private static final String SETTLED =
      """
      and d.due_at <= :now - :quiet
      and (:quiet = 0 or d.due_at <= :now - :unrest or not exists (select 1 from due m
        join record n on n.practice = m.practice and n.resource = m.resource and n.row_key = m.row_key
        where m.practice = d.practice and m.destination = d.destination and m.patient_key = d.patient_key
        and (d.patient_key > 0 or (m.resource = d.resource and m.row_key = d.row_key))
        and (n.changed_at + :quiet > :now or m.parts_at + :quiet > :now)))
      """;

  private final Vault vault;
  private final Audit audit;
  private final Known known;

  public Dues(Vault vault, Audit audit, Known known) {
    this.vault = vault;
    this.audit = audit;
    this.known = known;
  }

  /**
   * One state of a row.
   *
   * @param number 0 = none
   * @param fhir JSON, empty if there is none
   * @param row JSON of the columns, empty if there is none or it is not known
   * @param partsAt when something that goes along with it changed last, in milliseconds of the
   *     store's clock; 0 = nothing has
   */
  public record Version(long number, String fhir, String row, long partsAt) {
    /** There is none. */
    public static final Version NONE = new Version(0, "", "");

    /** Of what goes alone. */
    public Version(long number, String fhir, String row) {
      this(number, fhir, row, 0);
    }

    /** Newer itself, or with something newer along with it. */
    boolean isNewerThan(Version other) {
      return number > other.number || partsAt > other.partsAt;
    }

    /** Without its content: it is a patient's. */
    @Override
    public String toString() {
      return "version " + number;
    }
  }

  /**
   * One identity that is due.
   *
   * @param patientKey PatNum whose order it keeps; 0 = nobody's
   * @param record the newest state: what is to be sent
   * @param changedAt when the record became so, by the store's clock
   * @param acknowledged what the destination acknowledged last (or was spared as known to it)
   * @param isUnknown the attempt may or may not have arrived; it must end before anything newer
   * @param attempt what was attempted last, if that is unclear; otherwise none
   * @param wire what of the attempt has to be sent again byte by byte; empty for kinds that do not
   * @param remoteVersion the destination's own version id; empty if it told none
   * @param together at most so many go in one request with it
   */
  public record Entry(
      String practice,
      String destination,
      String resource,
      long key,
      long patientKey,
      String fhirId,
      Version record,
      Instant changedAt,
      Version acknowledged,
      boolean isUnknown,
      Version attempt,
      String wire,
      String remoteVersion,
      int together) {

    /** {@code Patient/elm-patient-12}. */
    public String identity() {
      return new Kind(resource).fhirType() + "/" + fhirId;
    }

    public long version() {
      return record.number();
    }

    /** ClinicNum of the row; 0 if it names none, or its table has none. */
    long clinic() {
      try {
        return record.row().isEmpty() ? 0 : JSON.readTree(record.row()).path("ClinicNum").asLong();
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a record's columns are no JSON");
      }
    }

    /** With another state to send, or to count as told. */
    Entry with(String fhir, String row) {
      return as(new Version(version(), fhir, row, record.partsAt()), isUnknown, attempt, wire);
    }

    /** Without an unclear attempt. */
    Entry settled() {
      return as(record, false, Version.NONE, "");
    }

    private Entry as(Version newRecord, boolean unknown, Version newAttempt, String newWire) {
      return new Entry(
          practice,
          destination,
          resource,
          key,
          patientKey,
          fhirId,
          newRecord,
          changedAt,
          acknowledged,
          unknown,
          newAttempt,
          newWire,
          remoteVersion,
          together);
    }

    /** What was not told is not told: the destination knows what it knew. */
    Entry untold() {
      return with(acknowledged.fhir(), acknowledged.row());
    }

    /** Without the resource itself: it is a patient's. */
    @Override
    public String toString() {
      return identity() + " " + record;
    }
  }

  /**
   * What goes next, each identity once. If attempts are unclear, these alone; otherwise what is
   * news, by type and then age. What the destination said itself is acknowledged here as {@code
   * echo}.
   *
   * @param most entries; fewer if a Bundle was refused and is being narrowed down
   * @return empty if nothing is due that may go
   */
  public List<Entry> next(
      Transaction tx, String practice, Destination destination, int most, Instant now) {
    List<Entry> unclear = unclear(tx, practice, destination, most, now);
    if (!unclear.isEmpty()) {
      return together(unclear);
    }
    List<Entry> news = List.of();
    List<Entry> candidates;
    int spared = 0;
    do {
      // Each round has acknowledged or put off what it saw, so the next sees others.
      candidates = together(fresh(tx, practice, destination, most, now));
      news = news(tx, destination, candidates, now);
      spared += candidates.size();
    } while (news.isEmpty() && !candidates.isEmpty() && spared < MOST_SPARED);
    return news;
  }

  /** Attempts that may or may not have arrived; mostly there are none. */
  private List<Entry> unclear(
      Transaction tx, String practice, Destination destination, int most, Instant now) {
    boolean isAny =
        tx.sql(
                    "select count(*) from delivery where attempt_state = 'unknown' and practice = :practice"
                        + " and destination = :destination")
                .param("practice", practice)
                .param("destination", destination.id())
                .query(Long.class)
                .single()
            > 0;
    return isAny
        ? entries(
            tx,
            practice,
            destination.id(),
            ENTRIES
                + " from delivery x join due d on d.practice = x.practice and d.destination = x.destination"
                + " and d.resource = x.resource and d.row_key = x.row_key "
                + JOINED
                + " where x.attempt_state = 'unknown' and x.practice = :practice and x.destination = :destination "
                + FREE
                + WHOLE
                + " order by d.due_at, d.row_key limit :most",
            OTHER,
            most,
            now,
            Map.of())
        : List.of();
  }

  private List<Entry> fresh(
      Transaction tx, String practice, Destination destination, int most, Instant now) {
    Map<String, Long> rest =
        Map.of(
            "patients",
            destination.tells("Patient") ? 1L : 0L,
            "quiet",
            destination.quiet().toMillis(),
            "unrest",
            destination.quiet().multipliedBy(LONGEST_UNREST).toMillis());
    List<Entry> found = new ArrayList<>();
    List<String> types = new ArrayList<>(ORDER);
    types.add(OTHER);
    for (String type : types) {
      if (found.size() < most) {
        found.addAll(
            entries(
                tx,
                practice,
                destination.id(),
                ENTRIES
                    + " from due d "
                    + JOINED
                    + " left join delivery x on x.practice = d.practice and x.destination = d.destination"
                    + " and x.resource = d.resource and x.row_key = d.row_key where "
                    + (type.equals(OTHER)
                        ? "d.resource not in ('Practitioner', 'Location', 'Patient', 'Appointment') "
                        : "d.resource = :resource ")
                    + FREE
                    + WHOLE
                    + IN_ORDER
                    + SETTLED
                    + " order by d.due_at, d.row_key limit :most",
                type,
                most - found.size(),
                now,
                rest));
      }
    }
    return found;
  }

  private List<Entry> entries(
      Transaction tx,
      String practice,
      String destination,
      String sql,
      String type,
      int most,
      Instant now,
      Map<String, Long> more) {
    JdbcClient.StatementSpec statement =
        tx.sql(sql)
            .params(more)
            .param("practice", practice)
            .param("destination", destination)
            .param("now", now.toEpochMilli())
            .param("most", most);
    return (type.equals(OTHER) ? statement : statement.param("resource", type))
        .query((row, number) -> entry(row))
        .list();
  }

  /** As many as may go with each of them. */
  private static List<Entry> together(List<Entry> entries) {
    int count = 0;
    int most = Integer.MAX_VALUE;
    for (Entry entry : entries) {
      most = Math.min(most, Math.max(1, entry.together()));
      if (count >= most) {
        break;
      }
      count++;
    }
    return entries.subList(0, count);
  }

  private List<Entry> news(
      Transaction tx, Destination destination, List<Entry> entries, Instant now) {
    List<Entry> news = new ArrayList<>();
    Map<Entry, String> merged = new LinkedHashMap<>();
    Set<Long> waiting = new HashSet<>();
    for (Entry entry : entries) {
      if (waiting.contains(entry.patientKey())) {
        continue;
      }
      String survivor = survivor(tx, entry);
      if (!survivor.isEmpty()) {
        merged.put(entry, survivor);
      } else {
        judged(tx, destination, entry, now, news, waiting);
      }
    }
    together(tx, destination, merged, now, news, waiting);
    for (Map.Entry<Entry, String> alone : merged.entrySet()) {
      waitsFor(tx, alone.getKey(), alone.getValue(), now);
      waiting.add(alone.getKey().patientKey());
    }
    news.removeIf(entry -> waiting.contains(entry.patientKey()));
    return news;
  }

  /**
   * Those whose survivor goes in this request go with it: each refers to the other, and where
   * references are checked they come together or never.
   */
  private void together(
      Transaction tx,
      Destination destination,
      Map<Entry, String> merged,
      Instant now,
      List<Entry> news,
      Set<Long> waiting) {
    List<Entry> fit;
    do {
      Set<String> going = new HashSet<>();
      news.forEach(entry -> going.add(entry.identity()));
      fit = merged.keySet().stream().filter(entry -> going.contains(merged.get(entry))).toList();
      for (Entry entry : fit) {
        merged.remove(entry);
        judged(tx, destination, entry, now, news, waiting);
      }
    } while (!fit.isEmpty());
  }

  private void judged(
      Transaction tx,
      Destination destination,
      Entry entry,
      Instant now,
      List<Entry> news,
      Set<Long> waiting) {
    // Nobody but the office says what goes along with it.
    boolean isNews = entry.record().partsAt() > entry.acknowledged().partsAt();
    switch (isNews ? Known.Verdict.NEWS : known.judge(tx, destination, entry)) {
      case NEWS -> news.add(entry);
      case ECHO -> withheld(tx, entry, "echo");
      case WAIT -> {
        waits(
            tx,
            entry,
            now.plus(WAIT),
            "a write of the destination itself has no end yet; this may be its echo");
        if (entry.resource().equals("Patient")) {
          waiting.add(entry.patientKey());
        }
      }
    }
  }

  /**
   * Nobody is merged into someone whom the destination has not got yet.
   *
   * @return the Patient that replaces this one and is due there too; empty if there is none
   */
  private static String survivor(Transaction tx, Entry entry) {
    String survivor = entry.resource().equals("Patient") ? Change.replacement(entry) : "";
    if (survivor.isEmpty() || survivor.equals(entry.identity())) {
      return "";
    }
    long key = Newest.key(survivor);
    needsPatient(tx, entry.practice(), entry.destination(), key);
    boolean isDue =
        tx.sql("select count(*) from due where " + ONE)
                .params(identity(entry.practice(), entry.destination(), "Patient", key))
                .query(Integer.class)
                .single()
            > 0;
    return isDue ? survivor : "";
  }

  /** Until the survivor may go, so that both are found at the same time, or it was acknowledged. */
  private static void waitsFor(Transaction tx, Entry entry, String survivor, Instant now) {
    long at =
        tx.sql("select due_at from due where " + ONE)
            .params(
                identity(entry.practice(), entry.destination(), "Patient", Newest.key(survivor)))
            .query(Long.class)
            .single();
    Instant dueAt = at > now.toEpochMilli() ? Instant.ofEpochMilli(at) : now.plus(WAIT);
    waits(tx, entry, dueAt, "the Patient that replaces it goes first");
    tx.sql("update due set wants = :wanted where " + ONE)
        .params(identity(entry))
        .param("wanted", survivor)
        .update();
  }

  private Entry entry(ResultSet row) throws SQLException {
    String practice = row.getString("practice");
    String destination = row.getString("destination");
    String resource = row.getString("resource");
    long key = row.getLong("row_key");
    String name = practice + "/" + resource + "/" + key;
    String delivery = delivery(practice, destination, resource, key);
    boolean isUnknown = row.getString("attempt_state").equals("unknown");
    JsonNode attempted =
        isUnknown
            ? json(opened("delivery-attempt", delivery, row.getString("attempted")))
            : NOTHING;
    return new Entry(
        practice,
        destination,
        resource,
        key,
        row.getLong("patient_key"),
        row.getString("fhir_id"),
        new Version(
            row.getLong("version"),
            opened("record", name, row.getString("fhir")),
            opened("record-row", name, row.getString("row_data")),
            row.getLong("parts_at")),
        Instant.ofEpochMilli(row.getLong("changed_at")),
        new Version(
            row.getLong("acknowledged_version"),
            opened("delivery", delivery, row.getString("acknowledged")),
            opened("delivery-row", delivery, row.getString("acknowledged_row")),
            row.getLong("acknowledged_parts_at")),
        isUnknown,
        isUnknown ? attempt(row.getLong("attempted_version"), attempted).version() : Version.NONE,
        attempted.path("wire").asText(),
        row.getString("remote_version"),
        row.getInt("bundle_limit"));
  }

  private static final JsonNode NOTHING = JSON.createObjectNode();

  /**
   * Before the record's version of the entry is sent. From here on the attempt counts as unclear
   * until it is {@link #acknowledged}, {@link #refused} or {@link #notSent}: a process that is
   * killed cannot say so afterwards.
   *
   * @param wire what must be sent again byte by byte if the outcome stays unclear; may be empty
   */
  public void attempted(Transaction tx, Entry entry, String wire) {
    tx.sql(
            """
            insert into delivery (practice, destination, resource, row_key, attempted_version, attempted_at,
              attempt_state, attempted, acknowledged_version, acknowledged_at, acknowledged, coalesced)
            values (:practice, :destination, :resource, :key, :version, :now, 'unknown', :attempted, 0, 0, '', 0)
            on conflict (practice, destination, resource, row_key) do update set
              attempted_version = excluded.attempted_version, attempted_at = excluded.attempted_at,
              attempt_state = excluded.attempt_state, attempted = excluded.attempted
            """)
        .params(identity(entry))
        .param("version", entry.version())
        .param("now", tx.now().toEpochMilli())
        .param("attempted", sealed("delivery-attempt", entry, content(wire, entry.record())))
        .update();
  }

  /**
   * What was attempted last.
   *
   * @param wire empty if there is none
   */
  public record Attempt(Version version, String wire) {
    /** Without its content: it is a patient's. */
    @Override
    public String toString() {
      return version.toString();
    }
  }

  /** What was {@link #attempted} of the entry's row and has no end yet. */
  public Attempt attempt(Transaction tx, Entry entry) {
    return tx.sql("select attempted_version, attempted from delivery where " + ONE)
        .params(identity(entry))
        .query(
            (row, number) ->
                attempt(
                    row.getLong("attempted_version"), opened(entry, row.getString("attempted"))))
        .optional()
        .orElse(new Attempt(Version.NONE, ""));
  }

  private JsonNode opened(Entry entry, String sealed) {
    String delivery =
        delivery(entry.practice(), entry.destination(), entry.resource(), entry.key());
    return sealed.isEmpty() ? NOTHING : json(opened("delivery-attempt", delivery, sealed));
  }

  private static Attempt attempt(long version, JsonNode attempted) {
    return new Attempt(
        new Version(
            version,
            attempted.path("fhir").asText(),
            attempted.path("row").asText(),
            attempted.path("partsAt").asLong()),
        attempted.path("wire").asText());
  }

  /** What was acknowledged was not all that there is to tell of the row. */
  public void goesOn(Transaction tx, Entry entry) {
    due(tx, entry.practice(), entry.destination(), entry.resource(), entry.key(), tx.now());
  }

  private static String content(String wire, Version version) {
    return JSON.createObjectNode()
        .put("wire", wire)
        .put("fhir", version.fhir())
        .put("row", version.row())
        .put("partsAt", version.partsAt())
        .toString();
  }

  /**
   * The destination has this version. What is due ends unless a newer version has come; versions in
   * between count as coalesced. What waited for it ({@link #wanting}) goes next.
   *
   * @param version the entry's record, or its attempt if that was unclear
   * @param remoteVersion the destination's own version id; empty if it told none
   * @param together at most so many go in one request with it
   */
  public void acknowledged(Transaction tx, Entry entry, Version version, String remoteVersion) {
    // What was only looked at once more is no version more.
    boolean isNews = version.isNewerThan(entry.acknowledged());
    has(tx, entry, version, remoteVersion, "");
    count(tx, entry, isNews ? 1 : 0, 0);
    if (isNews) {
      told(tx, entry, "acknowledged");
      lag(tx, entry, version);
    }
    // Said twice, so that the index of those that want something is used: else each acknowledgement
    // would look at all that is due.
    tx.sql(
            "update due set wants = '', attempts = 0, due_at = :now where practice = :practice"
                + " and destination = :destination and wants = :identity and wants <> ''")
        .param("practice", entry.practice())
        .param("destination", entry.destination())
        .param("identity", entry.identity())
        .param("now", tx.now().toEpochMilli())
        .update();
    audit.record(tx, "send", entry.practice(), entry.destination(), entry.identity());
  }

  /**
   * The destination does not need the record's version, or a step of a route kept it back: it
   * counts as acknowledged.
   *
   * @param why {@code echo}, or ROUTE/STEP
   */
  public void withheld(Transaction tx, Entry entry, String why) {
    has(tx, entry, entry.record(), entry.remoteVersion(), why);
    count(tx, entry, 0, 1);
    told(tx, entry, why.equals("echo") ? why : "withheld");
  }

  private static void told(Transaction tx, Entry entry, String outcome) {
    Tally.count(
        tx, Tally.What.DELIVERY, entry.practice(), entry.destination(), entry.resource(), outcome);
  }

  /**
   * From the row's stamp to here. What is older than a day comes of a load or of an outage, whose
   * measure is how long the oldest waits.
   */
  private static void lag(Transaction tx, Entry entry, Version version) {
    Map<String, Object> parameters = new HashMap<>(identity(entry));
    parameters.put("version", version.number());
    parameters.put("now", tx.now().toEpochMilli());
    parameters.put("since", tx.now().minus(LONGEST_LAG).toEpochMilli());
    Tally.count(
        tx,
        Tally.What.LAG,
        """
        select practice, :destination as destination, resource as name, %s as outcome,
          case when :now > stamp then :now - stamp else 0 end as millis
        from record where practice = :practice and resource = :resource and row_key = :key and version = :version
          and stamp >= :since
        """
            .formatted(Tally.within(":now - stamp")),
        parameters);
  }

  private void has(
      Transaction tx, Entry entry, Version version, String remoteVersion, String withheld) {
    tx.sql(
            """
            insert into delivery (practice, destination, resource, row_key, attempted_version, attempted_at,
              acknowledged_version, acknowledged_at, acknowledged, acknowledged_row, remote_version, withheld, coalesced,
              parts_at)
            values (:practice, :destination, :resource, :key, 0, 0, :version, :now, :fhir, :row, :remote, :withheld,
              :version - 1, :parts)
            on conflict (practice, destination, resource, row_key) do update set
              coalesced = delivery.coalesced
                + case when :version > delivery.acknowledged_version then :version - delivery.acknowledged_version - 1 else 0 end,
              acknowledged_version = excluded.acknowledged_version, acknowledged_at = excluded.acknowledged_at,
              acknowledged = excluded.acknowledged, acknowledged_row = excluded.acknowledged_row,
              remote_version = excluded.remote_version, withheld = excluded.withheld, attempt_state = '', attempted = '',
              parts_at = excluded.parts_at
            """)
        .params(identity(entry))
        .param("version", version.number())
        .param("parts", version.partsAt())
        .param("now", tx.now().toEpochMilli())
        .param("fhir", sealed("delivery", entry, version.fhir()))
        .param("row", sealed("delivery-row", entry, version.row()))
        .param("remote", remoteVersion)
        .param("withheld", withheld)
        .update();
    int ended =
        tx.sql("delete from due where " + ONE + " and version <= :version and parts_at <= :parts")
            .params(identity(entry))
            .param("version", version.number())
            .param("parts", version.partsAt())
            .update();
    if (ended == 0) {
      // A newer version has come meanwhile; it has waited since now.
      tx.sql(
              "update due set aside = 0, due_at = case when due_at < :now then :now else due_at end where "
                  + ONE)
          .params(identity(entry))
          .param("now", tx.now().toEpochMilli())
          .update();
    }
  }

  /**
   * An unclear attempt is over and did not arrive (or something else stands there): the record is
   * sent next, and is news whatever was acknowledged before: nobody knows what is known of it.
   *
   * @param remoteVersion what stands at the destination; empty if nothing does: then the attempt
   *     may come yet, and not every server minds that something stands there by then ({@link
   *     #looksAgain})
   */
  public void cleared(Transaction tx, Entry entry, String remoteVersion) {
    tx.sql(
            "update delivery set attempt_state = '', attempted = '', acknowledged_row = '',"
                + " remote_version = :remote, late = :late where "
                + ONE)
        .params(identity(entry))
        .param("remote", remoteVersion)
        .param("late", remoteVersion.isEmpty() ? 1 : 0)
        .update();
  }

  /**
   * After an acknowledgement: if an unclear attempt at a first version may still arrive, what
   * stands there is read back once more at that time, as if the acknowledged version were unclear.
   * A newer version that is due already does without: its own acknowledgement comes here.
   */
  public void looksAgain(Transaction tx, Entry entry, Version version, Instant at) {
    boolean newer =
        tx.sql("select count(*) from due where " + ONE)
                .params(identity(entry))
                .query(Integer.class)
                .single()
            > 0;
    boolean again =
        !newer
            && tx.sql(
                        "update delivery set late = 0, attempt_state = 'unknown', attempted_version = :version,"
                            + " attempted = :attempted where "
                            + ONE
                            + " and late = 1")
                    .params(identity(entry))
                    .param("version", version.number())
                    .param("attempted", sealed("delivery-attempt", entry, content("", version)))
                    .update()
                > 0;
    if (again) {
      due(tx, entry.practice(), entry.destination(), entry.resource(), entry.key(), at);
    }
  }

  /** The attempt of this claim certainly did not leave; an earlier unclear one stays unclear. */
  public void notSent(Transaction tx, Entry entry) {
    if (!entry.isUnknown()) {
      tx.sql("update delivery set attempt_state = '', attempted = '' where " + ONE)
          .params(identity(entry))
          .update();
    }
  }

  /** These were refused together: from now on no more than half as many go with each of them. */
  public void narrowed(Transaction tx, List<Entry> entries) {
    for (Entry entry : entries) {
      tx.sql(
              "update due set bundle_limit = case when bundle_limit < :half then bundle_limit else :half end where "
                  + ONE)
          .params(identity(entry))
          .param("half", Math.max(1, entries.size() / 2))
          .update();
    }
  }

  /**
   * The destination refused this entry alone. It is tried again with growing pauses; the fifth
   * refusal parks it until it is released, unless a newer version has come, which gets one try
   * more. If an earlier attempt is unclear it stays so: that this one was refused does not say that
   * the other did not arrive.
   *
   * @param reason without patient data
   * @return true if it is parked now
   */
  public boolean refused(Transaction tx, Entry entry, String reason) {
    if (!entry.resource().equals("Patient")) {
      needsPatient(tx, entry.practice(), entry.destination(), entry.patientKey());
    }
    notSent(tx, entry);
    return inVain(tx, entry, reason);
  }

  /**
   * The entry's record is not valid, and the destination is not asked: it is parked, and stands
   * alone. A newer version of the row is judged anew, and so is this one with the next generation.
   *
   * @param reason without patient data
   */
  public void invalid(Transaction tx, Entry entry, String reason) {
    notSent(tx, entry);
    told(tx, entry, "invalid");
    boolean parked =
        tx.sql(
                    "update due set state = 'parked', invalid = 1, attempts = 0, aside = 0, wants = '', reason = :reason where "
                        + ONE
                        + " and version <= :version")
                .params(identity(entry))
                .param("reason", reason)
                .param("version", entry.version())
                .update()
            > 0;
    if (parked) {
      LOG.warn(
          "{} of {}: {} is not valid and was not sent ({}); it is parked alone. Mend the mapping or the row: it is"
              + " judged again by itself",
          entry.destination(),
          entry.practice(),
          entry.identity(),
          reason);
    }
  }

  /**
   * As {@link #refused}, but what stands at the destination has to be looked at first: the attempt
   * stays unclear, and while it does no newer version can be tried.
   */
  public boolean inVain(Transaction tx, Entry entry, String reason) {
    told(tx, entry, "refused");
    int attempts =
        tx.sql("update due set attempts = attempts + 1 where " + ONE + " returning attempts")
            .params(identity(entry))
            .query(Integer.class)
            .single();
    boolean parked =
        tx.sql(
                "update due set due_at = :at, reason = :reason, aside = 0, wants = '', state = case when :attempts >= :most"
                    + " and version <= :version then 'parked' else 'due' end where "
                    + ONE
                    + " returning state")
            .params(identity(entry))
            .param("at", tx.now().plus(pause(attempts)).toEpochMilli())
            .param("reason", reason)
            .param("attempts", attempts)
            .param("most", MOST_REFUSALS)
            .param("version", entry.isUnknown() ? Long.MAX_VALUE : entry.version())
            .query(String.class)
            .single()
            .equals("parked");
    if (parked) {
      sayParked(entry, attempts, reason);
    }
    return parked;
  }

  /**
   * These were refused. Those that refer to something of the practice that the destination never
   * acknowledged, and that does not go beside them, may have been so for want of it: they wait
   * until it was acknowledged, and are tried every hour at the longest, for about a day. They hold
   * back nothing of their patient meanwhile: what they wait for may be his too.
   *
   * @param reason without patient data
   * @return false if there is none: then the content is why
   */
  public boolean wanting(Transaction tx, List<Entry> entries, String reason) {
    Set<String> beside = new HashSet<>();
    entries.forEach(entry -> beside.add(entry.identity()));
    boolean any = false;
    for (Entry entry : entries) {
      Optional<String> wanted = Wants.first(tx, entry, beside);
      if (wanted.isPresent()) {
        any = true;
        refusedForWant(tx, entry, wanted.get(), reason + "; it refers to " + wanted.get());
      }
    }
    return any;
  }

  private static void refusedForWant(Transaction tx, Entry entry, String wanted, String reason) {
    if (!entry.resource().equals("Patient")) {
      needsPatient(tx, entry.practice(), entry.destination(), entry.patientKey());
    }
    int attempts =
        tx.sql("update due set attempts = attempts + 1 where " + ONE + " returning attempts")
            .params(identity(entry))
            .query(Integer.class)
            .single();
    Duration doubled = FIRST_WAIT.multipliedBy(1L << Math.min(attempts - 1, 10));
    Duration pause = doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
    boolean parks = attempts >= MOST_WAITS;
    tx.sql(
            "update due set wants = :wanted, reason = :reason, due_at = :at, state = :state,"
                + " bundle_limit = case when bundle_limit < 2 then 2 else bundle_limit end where "
                + ONE)
        .params(identity(entry))
        .param("wanted", wanted)
        .param("reason", reason)
        .param("at", tx.now().plus(pause).toEpochMilli())
        .param("state", parks ? "parked" : "due")
        .update();
    if (parks) {
      sayParked(entry, attempts, reason);
    }
  }

  private static void sayParked(Entry entry, int times, String reason) {
    LOG.warn(
        "{} of {} did not take {} in {} tries ({}); it is parked, and with it what follows of the same patient."
            + " Ask the destination why, then: pontic release {}/{}/{}/{}",
        entry.destination(),
        entry.practice(),
        entry.identity(),
        times,
        reason,
        entry.practice(),
        entry.destination(),
        entry.resource(),
        entry.key());
  }

  private static void waits(Transaction tx, Entry entry, Instant dueAt, String reason) {
    tx.sql("update due set due_at = :at, reason = :reason where " + ONE)
        .params(identity(entry))
        .param("at", dueAt.toEpochMilli())
        .param("reason", reason)
        .update();
  }

  /**
   * When the destination was last sent something of this row, at the latest; {@link Instant#EPOCH}
   * if it never was.
   */
  public static Instant toldAt(Transaction tx, Entry entry) {
    return Instant.ofEpochMilli(
        tx.sql(
                "select case when acknowledged_version = 0 then 0 when withheld = '' then acknowledged_at"
                    + " else attempted_at end from delivery where "
                    + ONE)
            .params(identity(entry))
            .query(Long.class)
            .optional()
            .orElse(0L));
  }

  /**
   * A server that checks references may refuse what refers to a Patient that it was spared, and so
   * does not have under our id. Then that Patient is news: it counts as acknowledged, but nobody
   * knows what is known of it.
   */
  private static void needsPatient(
      Transaction tx, String practice, String destination, long patient) {
    boolean spared =
        tx.sql(
                    "update delivery set withheld = '', acknowledged = '', acknowledged_row = '' where "
                        + ONE
                        + " and withheld = 'echo' and attempted_version = 0")
                .params(identity(practice, destination, "Patient", patient))
                .update()
            > 0;
    if (spared) {
      due(tx, practice, destination, "Patient", patient, tx.now());
    }
  }

  /** The record is due alone, unless it is due already. */
  private static void due(
      Transaction tx, String practice, String destination, String resource, long key, Instant at) {
    due(tx, practice, destination, resource, key, at, 1);
  }

  private static void due(
      Transaction tx,
      String practice,
      String destination,
      String resource,
      long key,
      Instant at,
      int together) {
    tx.sql(
            """
            insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit,
              state, reason, patient_key)
            select practice, :destination, resource, row_key, version, :at, 0, :together, 'due', '', patient_key from record
            where practice = :practice and resource = :resource and row_key = :key
            on conflict (practice, destination, resource, row_key) do nothing
            """)
        .params(identity(practice, destination, resource, key))
        .param("at", at.toEpochMilli())
        .param("together", together)
        .update();
  }

  /**
   * The destination does not hold what it acknowledged, or never got it: the record is sent again
   * and is news, since nobody knows what is known of it. Does nothing of what is due or unclear.
   *
   * @param remoteVersion what stands there; empty if nothing does
   */
  public void again(
      Transaction tx,
      String practice,
      Destination destination,
      String resource,
      long key,
      String remoteVersion) {
    tx.sql(
            "update delivery set acknowledged_row = '', withheld = '', late = 0, remote_version = :remote where "
                + ONE
                + " and attempt_state = '' and not exists (select 1 from due d where d.practice = delivery.practice"
                + " and d.destination = delivery.destination and d.resource = delivery.resource"
                + " and d.row_key = delivery.row_key)")
        .params(identity(practice, destination.id(), resource, key))
        .param("remote", remoteVersion)
        .update();
    due(tx, practice, destination.id(), resource, key, tx.now(), destination.bundleSize());
  }

  /** What the destination knows of the entry's row, as FHIR JSON; empty if nothing. */
  public String told(Transaction tx, Destination destination, Entry entry) {
    return known.told(tx, destination, entry);
  }

  /**
   * The entry had no clear end: from the destination's third failure in a row on it is put off for
   * twice the destination's pause, so that others are tried before it. {@link #works} ends that; an
   * entry that nothing came of although others were answered is put off at once, then for five
   * minutes each, and is parked in the end.
   *
   * @param failures of the destination in a row
   * @param reason without patient data
   */
  public void aside(Transaction tx, Entry entry, int failures, String reason) {
    Duration twice = pause(failures).multipliedBy(2);
    tx.sql(
            "update due set due_at = case when aside > :trusted then :late else :soon end, reason = :reason,"
                + " state = case when aside >= :most and :failures = 1 then 'parked' else state end,"
                + " aside = case when aside = 0 or (aside > :trusted and :failures = 1) then aside + 1"
                + " else aside end where "
                + ONE
                + " and (aside > 1 or :failures >= :stubborn) returning state")
        .params(identity(entry))
        .param("trusted", TRUSTED)
        .param("most", TRUSTED + MOST_ASIDE)
        .param("reason", reason)
        .param("late", tx.now().plus(LONG_ASIDE).toEpochMilli())
        .param("soon", tx.now().plus(twice).toEpochMilli())
        .param("failures", failures)
        .param("stubborn", STUBBORN)
        .query(String.class)
        .optional()
        .filter("parked"::equals)
        .ifPresent(parked -> sayParked(entry, MOST_ASIDE, reason));
  }

  /**
   * These were sent together and nothing came of it, but the destination answers: one of them may
   * be why. From the third time in a row on fewer go together, and one that is alone is put {@link
   * #aside}. The destination does not count as one that works for that.
   *
   * @param reason without patient data
   */
  public void vain(
      Transaction tx, String practice, String destination, List<Entry> entries, String reason) {
    int times =
        tx.sql(
                "update sending set vain = vain + 1 where practice = ? and destination = ? returning vain")
            .params(practice, destination)
            .query(Integer.class)
            .single();
    if (entries.size() == 1) {
      aside(tx, entries.get(0), times, reason);
    } else if (times >= STUBBORN) {
      narrowed(tx, entries);
    }
  }

  /**
   * The newest version of what is parked goes next.
   *
   * @return false if nothing of this row is parked at this destination
   */
  public boolean release(
      Transaction tx, String practice, String destination, String resource, long key) {
    // What HL7 v2 refused stays refused in the same bytes: a person has looked, the newest goes.
    tx.sql(
            "update delivery set attempt_state = '', attempted = '', acknowledged_row = '' where "
                + ONE
                + " and exists (select 1 from due d where d.practice = delivery.practice"
                + " and d.destination = delivery.destination and d.resource = delivery.resource"
                + " and d.row_key = delivery.row_key and d.state = 'parked' and d.attempts > 0)"
                + " and exists (select 1 from sending s where s.practice = delivery.practice"
                + " and s.destination = delivery.destination and s.queue = 'send-hl7')"
                + " and attempt_state = 'unknown'")
        .params(identity(practice, destination, resource, key))
        .update();
    return tx.sql(
                "update due set state = 'due', attempts = 0, aside = 0, bundle_limit = 1, due_at = :now, reason = '',"
                    + " invalid = 0 where "
                    + ONE
                    + " and state = 'parked'")
            .params(identity(practice, destination, resource, key))
            .param("now", tx.now().toEpochMilli())
            .update()
        > 0;
  }

  /**
   * The destination is not sent this state of what is parked; the next change of the row is due
   * again. It counts as withheld.
   *
   * @return false if nothing of this row is parked at this destination
   */
  public boolean drop(
      Transaction tx, String practice, String destination, String resource, long key) {
    Map<String, Object> one = identity(practice, destination, resource, key);
    Optional<Long> version =
        tx.sql("delete from due where " + ONE + " and state = 'parked' returning version")
            .params(one)
            .query(Long.class)
            .optional();
    if (version.isEmpty()) {
      return false;
    }
    tx.sql(
            """
            insert into delivery (practice, destination, resource, row_key, attempted_version, attempted_at,
              acknowledged_version, acknowledged_at, acknowledged, coalesced, withheld)
            values (:practice, :destination, :resource, :key, 0, 0, :version, :now, '', 0, 'dropped')
            on conflict (practice, destination, resource, row_key) do update set
              acknowledged_version = excluded.acknowledged_version, acknowledged_at = excluded.acknowledged_at,
              withheld = excluded.withheld, attempt_state = '', attempted = ''
            """)
        .params(one)
        .param("version", version.get())
        .param("now", tx.now().toEpochMilli())
        .update();
    count(tx, practice, destination, 0, 1);
    return true;
  }

  /** True while the destination is left alone for this practice. */
  public boolean isPaused(Transaction tx, String practice, String destination, Instant now) {
    return tx.sql(
                "select count(*) from sending where practice = ? and destination = ? and not_before > ?")
            .params(practice, destination, now.toEpochMilli())
            .query(Integer.class)
            .single()
        > 0;
  }

  /**
   * The destination did not answer, or its answer says nothing about content: it is left alone,
   * each time for longer, up to a minute. What was attempted stays unclear.
   *
   * @param reason without patient data
   * @param least how long the destination itself asked for; zero if it did not
   * @return failures in a row; 1 is news
   */
  public int failing(
      Transaction tx, String practice, String destination, String reason, Duration least) {
    long now = tx.now().toEpochMilli();
    int failures =
        tx.sql(
                """
                insert into sending (practice, destination, failures, not_before, reason, failing_since)
                values (:practice, :destination, 1, 0, :reason, :now)
                on conflict (practice, destination) do update set failures = sending.failures + 1,
                  reason = excluded.reason,
                  failing_since = case when sending.failures = 0 then excluded.failing_since else sending.failing_since end
                returning failures
                """)
            .param("practice", practice)
            .param("destination", destination)
            .param("reason", reason)
            .param("now", now)
            .query(Integer.class)
            .single();
    Duration pause = pause(failures);
    tx.sql("update sending set not_before = ? where practice = ? and destination = ?")
        .params(
            now + (least.compareTo(pause) > 0 ? least : pause).toMillis(), practice, destination)
        .update();
    return failures;
  }

  /**
   * The destination answered like one that works. If it had failed before, what was put off
   * meanwhile goes now; but what it leaves without an answer while it answers others has that only
   * a few times.
   */
  public void works(Transaction tx, String practice, String destination) {
    boolean isBack =
        tx.sql(
                    "update sending set failures = 0, vain = 0, not_before = 0, reason = '', failing_since = 0"
                        + " where practice = ? and destination = ? and (failures > 0 or vain > 0)")
                .params(practice, destination)
                .update()
            > 0;
    if (isBack) {
      tx.sql(
              "update due set due_at = case when aside > :trusted then due_at else :now end,"
                  + " aside = case when aside > :trusted then aside else aside + 1 end"
                  + " where practice = :practice and destination = :destination and state = 'due' and aside > 0"
                  + " and due_at > :now")
          .param("practice", practice)
          .param("destination", destination)
          .param("trusted", TRUSTED)
          .param("now", tx.now().toEpochMilli())
          .update();
    }
  }

  /** At start, before anything is sent: the destination has its tokens from here on. */
  public int open(Transaction tx, String practice, Destination destination) {
    return tx.sql(
            "insert into sending (practice, destination, failures, not_before, reason, queue, quiet, patients)"
                + " values (?, ?, 0, 0, '', ?, ?, ?) on conflict (practice, destination) do update set"
                + " queue = excluded.queue, quiet = excluded.quiet, patients = excluded.patients")
        .params(
            practice,
            destination.id(),
            destination.kind() == Destination.Kind.FHIR ? "send-fhir" : "send-hl7",
            destination.quiet().toMillis(),
            destination.tells("Patient") ? 1 : 0)
        .update();
  }

  /** FHIR types of the practice that can be told to the destination, in the order of sending. */
  public List<String> types(Transaction tx, String practice, Destination destination) {
    return tx
        .sql("select distinct resource from record where practice = ?")
        .param(practice)
        .query(String.class)
        .list()
        .stream()
        .filter(destination::tells)
        .sorted(Comparator.comparingInt(type -> ORDER.contains(type) ? ORDER.indexOf(type) : 99))
        .toList();
  }

  /**
   * Keys that one unit looked at.
   *
   * @param last key
   * @param records that became due
   * @param more false if there is no key behind the last one
   */
  public record Range(long last, int records, boolean more) {}

  /**
   * The next keys of a type: what the destination has not acknowledged as it stands becomes due,
   * unless it is so already. What is gone and was never told of is not.
   *
   * @param from only keys behind this one
   */
  public Range load(
      Transaction tx, String practice, Destination destination, String type, long from) {
    List<Long> keys =
        tx.sql(
                "select row_key from record where practice = ? and resource = ? and row_key > ?"
                    + " order by row_key limit ?")
            .params(practice, type, from, RANGE)
            .query(Long.class)
            .list();
    long last = keys.isEmpty() ? from : keys.get(keys.size() - 1);
    int records =
        tx.sql(
                """
                insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit,
                  state, reason, patient_key)
                select r.practice, :destination, r.resource, r.row_key, r.version, :now, 0, :limit, 'due', '', r.patient_key
                from record r
                left join delivery x on x.practice = r.practice and x.destination = :destination
                  and x.resource = r.resource and x.row_key = r.row_key
                where r.practice = :practice and r.resource = :resource and r.row_key > :from and r.row_key <= :last
                  and r.version > 0 and r.stamp >= :stamp and (r.state = 'live' or x.row_key is not null)
                  and coalesce(x.acknowledged_version, 0) < r.version
                on conflict (practice, destination, resource, row_key) do update set version = excluded.version,
                  state = case when due.invalid = 1 then 'due' else due.state end, invalid = 0
                  where due.version < excluded.version
                """)
            .param("practice", practice)
            .param("destination", destination.id())
            .param("resource", type)
            .param("from", from)
            .param("last", last)
            .param("limit", destination.bundleSize())
            .param("stamp", destination.from(type).toEpochMilli())
            .param("now", tx.now().toEpochMilli())
            .update();
    tx.sql(
            "insert into load (practice, destination, resource, records, loaded_at) values (?, ?, ?, ?, ?)"
                + " on conflict (practice, destination, resource) do update set records = load.records + excluded.records")
        .params(practice, destination.id(), type, records, tx.now().toEpochMilli())
        .update();
    return new Range(last, records, keys.size() == RANGE);
  }

  private static Duration pause(int failures) {
    Duration grown = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
    return grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
  }

  private static void count(Transaction tx, Entry entry, int delivered, int withheld) {
    count(tx, entry.practice(), entry.destination(), delivered, withheld);
  }

  private static void count(
      Transaction tx, String practice, String destination, int delivered, int withheld) {
    tx.sql(
            """
            insert into sending (practice, destination, failures, not_before, reason, delivered, withheld, delivered_at)
            values (:practice, :destination, 0, 0, '', :delivered, :withheld, case when :delivered > 0 then :now else 0 end)
            on conflict (practice, destination) do update set delivered = sending.delivered + excluded.delivered,
              withheld = sending.withheld + excluded.withheld,
              delivered_at = case when excluded.delivered > 0 then excluded.delivered_at else sending.delivered_at end
            """)
        .param("practice", practice)
        .param("destination", destination)
        .param("delivered", delivered)
        .param("withheld", withheld)
        .param("now", tx.now().toEpochMilli())
        .update();
  }

  private static final String ONE =
      "practice = :practice and destination = :destination and resource = :resource and row_key = :key";

  private static Map<String, Object> identity(Entry entry) {
    return identity(entry.practice(), entry.destination(), entry.resource(), entry.key());
  }

  private static Map<String, Object> identity(
      String practice, String destination, String resource, long key) {
    return Map.of(
        "practice", practice, "destination", destination, "resource", resource, "key", key);
  }

  private static String delivery(String practice, String destination, String resource, long key) {
    return practice + "/" + destination + "/" + resource + "/" + key;
  }

  /**
   * What would be sent of what is parked: FHIR JSON.
   *
   * @return empty if nothing of this row is parked at this destination
   */
  public Optional<String> parked(
      Transaction tx, String practice, String destination, String resource, long key) {
    return tx.sql(
            """
            select r.fhir from record r where r.practice = :practice and r.resource = :resource and r.row_key = :key
              and exists (select 1 from due d where d.practice = r.practice and d.destination = :destination
                and d.resource = r.resource and d.row_key = r.row_key and d.state = 'parked')
            """)
        .params(identity(practice, destination, resource, key))
        .query(String.class)
        .optional()
        .map(value -> opened("record", practice + "/" + resource + "/" + key, value));
  }

  private String sealed(String table, Entry entry, String text) {
    return text.isEmpty()
        ? ""
        : vault.seal(
            table,
            delivery(entry.practice(), entry.destination(), entry.resource(), entry.key()),
            text.getBytes(StandardCharsets.UTF_8));
  }

  private String opened(String table, String row, String sealed) {
    return sealed.isEmpty()
        ? ""
        : new String(vault.open(table, row, sealed), StandardCharsets.UTF_8);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes what it read.
      throw new IllegalStateException("A stored attempt is not JSON");
    }
  }
}
