package pontic.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import pontic.answer.GivenUp;
import pontic.audit.Audit;
import pontic.audit.SqlAudit;
import pontic.generation.Report;
import pontic.lane.Restored;
import pontic.pause.Pauses;
import pontic.practice.Practice;
import pontic.practice.Problem;
import pontic.practice.Settings;
import pontic.reconcile.Runs;
import pontic.record.UnmappedCodes;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Answers of {@code /control} as JSON (shapes: docs/operations.md). Ids, states and reasons only:
 * bodies stay sealed.
 */
final class Control {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String RECEIPT =
      """
      select id, practice, seq, route, sender, type, control_id, accepted_at, answer, state, attempts, receipt_end,
        receipt_reason, receipt_keys, receipt_settled, receipt_generation, receipt_warnings, ended_at
      from message
      """;

  private final Supplier<Settings> live;
  private final Store store;
  private final Routes routes;
  private final Supplier<Report> generation;
  private final Supplier<Runs> runs;
  private final Instant started;
  private final Audit audit = new SqlAudit();
  private final GivenUp givenUp = new GivenUp(audit);

  Control(
      Supplier<Settings> live,
      Store store,
      Routes routes,
      Supplier<Report> generation,
      Supplier<Runs> runs,
      Instant started) {
    this.live = live;
    this.store = store;
    this.routes = routes;
    this.generation = generation;
    this.runs = runs;
    this.started = started;
  }

  /** Copies the store as it is now. */
  void backup(Path file, String who) {
    store.copy(file);
    store.write(
        tx -> {
          audit.record(tx, "backup", "", who, "store");
          return true;
        });
  }

  ObjectNode status() {
    Settings settings = live.get();
    ObjectNode status = JSON.createObjectNode();
    status.put("instance", settings.instance());
    String now = store.read(tx -> tx.now().toString());
    status.put("now", now);
    status.put("generation", generation.get().id());
    status.put("startedAt", started.toString());
    store
        .read(Restored::of)
        .ifPresent(
            copy ->
                status
                    .putObject("restored")
                    .put("copyOf", copy.takenAt().toString())
                    .put("since", copy.foundAt().toString()));
    ArrayNode practices = status.putArray("practices");
    store.read(
        tx -> {
          List<FeedStates.FeedState> feeds = FeedStates.read(tx);
          List<Pauses.Pause> paused = Pauses.all(tx);
          List<Breach> late = Breach.lasting(tx);
          for (Practice practice : settings.practices()) {
            ObjectNode node = practice(tx, practice);
            Breach.put(late, practice.id(), "", node);
            node.set("feeds", FeedStates.json(feeds, practice.id()));
            node.set("pausedBy", by(paused, practice.id()));
            node.put(
                "version",
                feeds.stream()
                    .filter(each -> each.practice().equals(practice.id()))
                    .map(FeedStates.FeedState::version)
                    .filter(each -> !each.isBlank())
                    .findFirst()
                    .orElse(node.path("lane").path("capabilities").path("version").asText()));
            practices.add(node);
          }
          return practices;
        });
    status.set("destinations", list(store.read(this::destinations)));
    ArrayNode book = status.putArray("routes");
    for (Routes.RouteState route : routes.routes()) {
      book.addObject()
          .put("route", route.id())
          .put("status", route.status())
          .put("inflight", route.inflight());
    }
    return status;
  }

  /** What each practice is, and what of it is on. */
  ArrayNode capabilities() {
    ArrayNode all = JSON.createArrayNode();
    store.read(
        tx -> {
          live.get().practices().forEach(each -> all.add(Capabilities.of(tx, each)));
          return all;
        });
    return all;
  }

  /**
   * Codes of practices' own lists that their tables have no entry for; what most rows miss is
   * first.
   *
   * @param practice "" = all
   */
  ArrayNode unmapped(String practice, int limit) {
    ArrayNode all = JSON.createArrayNode();
    for (UnmappedCodes.Listed each : new UnmappedCodes(store).listed(practice, limit)) {
      ObjectNode node = all.addObject().put("practice", each.practice());
      node.put("system", each.code().table()).put("code", each.code().code());
      node.put("text", each.code().text()).put("count", each.rows());
      node.put("lastSeen", each.lastSeen().toString());
      ArrayNode types = node.putArray("types");
      each.types().forEach(types::add);
    }
    return all;
  }

  /**
   * Comparisons, begun or continued.
   *
   * @return empty if nothing is called so
   */
  ArrayNode reconcile(Runs.Asked asked) {
    return runs(runs.get().start(asked));
  }

  ArrayNode reconcileStop(Runs.Asked asked) {
    return runs(runs.get().stop(asked));
  }

  ArrayNode reconciles(Runs.Asked asked, boolean history) {
    return runs(runs.get().reports(asked, history));
  }

  /**
   * Rows read again, begun or continued.
   *
   * @param since by the office's calendar; empty: all
   * @param who the operator's name
   */
  ArrayNode load(Practice practice, Set<String> tables, Optional<LocalDate> since, String who) {
    store.write(
        tx -> {
          String which = tables.isEmpty() ? "all" : String.join(",", new TreeSet<>(tables));
          String from = since.map(day -> " since " + day).orElse("");
          audit.record(tx, "load", practice.id(), who, which + from);
          return 0;
        });
    return runs(runs.get().start(loads(practice, tables, since)));
  }

  ArrayNode loadStop(Practice practice, Set<String> tables, String who) {
    store.write(
        tx -> {
          audit.record(tx, "load", practice.id(), who, "stop");
          return 0;
        });
    return runs(runs.get().stop(loads(practice, tables, Optional.empty())));
  }

  ArrayNode loads(Practice practice, Set<String> tables) {
    return runs(runs.get().reports(loads(practice, tables, Optional.empty()), false));
  }

  private static Runs.Asked loads(
      Practice practice, Set<String> tables, Optional<LocalDate> since) {
    Instant from =
        since.map(day -> day.atStartOfDay(practice.zone()).toInstant()).orElse(Instant.EPOCH);
    return Runs.Asked.load(practice.id(), tables, from);
  }

  /** Tables that can be compared and loaded. */
  Set<String> tables() {
    return runs.get().tables();
  }

  Optional<Practice> practice(String id) {
    return live.get().practice(id);
  }

  private static ArrayNode runs(List<pontic.reconcile.Report> reports) {
    ArrayNode all = JSON.createArrayNode();
    for (pontic.reconcile.Report each : reports) {
      ObjectNode run = all.addObject();
      run.put("practice", each.practice()).put("table", each.table());
      run.put("destination", each.destination()).put("dryRun", each.dryRun());
      run.put("askedBy", each.askedBy()).put("state", each.state()).put("reason", each.reason());
      run.put("of", each.total()).put("rows", each.tally().looked());
      run.put("matched", each.tally().matched()).put("differing", each.tally().differing());
      run.put("gone", each.tally().gone()).put("repaired", each.tally().repaired());
      run.put("unexplained", each.unexplained()).put("changing", each.tally().changing());
      run.put("withheld", each.tally().withheld());
      run.put("perSecond", Math.round(each.perSecond() * 10) / 10.0);
      run.put("secondsLeft", each.secondsLeft());
      run.put("since", time(each.since().toEpochMilli()));
      run.put("startedAt", time(each.startedAt().toEpochMilli()));
      run.put("endedAt", time(each.endedAt().toEpochMilli()));
      run.put("replaced", each.replaced());
    }
    return all;
  }

  /** How each destination does for each practice, and what stands between them. */
  private List<ObjectNode> destinations(Transaction tx) {
    List<ObjectNode> all =
        tx.sql(
                """
                select s.practice, s.destination, s.failures, s.failing_since, s.reason, s.not_before, s.delivered, s.withheld, s.delivered_at,
                  (select count(*) from due d where d.practice = s.practice and d.destination = s.destination
                    and d.state = 'due') as due,
                  (select count(*) from due d where d.practice = s.practice and d.destination = s.destination
                    and d.state = 'parked') as parked,
                  (select count(*) from due d where d.practice = s.practice and d.destination = s.destination
                    and d.state = 'due' and d.patient_key > 0 and exists (select 1 from due p where p.practice = d.practice
                      and p.destination = d.destination and p.patient_key = d.patient_key and p.state = 'parked'
                      and (p.invalid = 0 or p.resource = 'Patient'))) as behind,
                  (select count(*) from delivery x where x.practice = s.practice and x.destination = s.destination
                    and x.attempt_state = 'unknown') as unclear,
                  coalesce((select min(d.due_at) from due d where d.practice = s.practice and d.destination = s.destination
                    and d.state = 'due'), 0) as oldest,
                  (select count(*) from answer a where a.practice = s.practice and a.destination = s.destination
                    and a.state = 'due') as owed,
                  (select count(*) from answer a where a.practice = s.practice and a.destination = s.destination
                    and a.state = 'given up') as given_up,
                  coalesce((select sum(l.records) from load l where l.practice = s.practice
                    and l.destination = s.destination), 0) as loaded
                from sending s order by s.destination, s.practice
                """)
            .query((row, number) -> destination(row))
            .list();
    List<Pauses.Pause> paused = Pauses.all(tx);
    List<Breach> late = Breach.lasting(tx);
    for (ObjectNode one : all) {
      Breach.put(late, one.path("practice").asText(), one.path("destination").asText(), one);
      ArrayNode its = by(paused, one.path("destination").asText());
      one.put("paused", !its.isEmpty());
      one.set("pausedBy", its);
      one.put(
          "enabled",
          live.get()
              .destination(one.path("destination").asText())
              .map(d -> d.enabled())
              .orElse(false));
    }
    return all;
  }

  private static ObjectNode destination(ResultSet row) throws SQLException {
    ObjectNode node = JSON.createObjectNode();
    node.put("destination", row.getString("destination"));
    node.put("practice", row.getString("practice"));
    node.put("state", row.getInt("failures") == 0 ? "works" : "fails");
    node.put("failures", row.getInt("failures"));
    node.put("failingSince", time(row.getLong("failing_since")));
    node.put("notBefore", time(row.getLong("not_before")));
    node.put("reason", row.getString("reason"));
    node.put("due", row.getLong("due"));
    node.put("unknown", row.getLong("unclear"));
    node.put("parked", row.getLong("parked"));
    node.put("behindParked", row.getLong("behind"));
    node.put("oldestDueAt", time(row.getLong("oldest")));
    node.put("answersOwed", row.getLong("owed"));
    node.put("answersGivenUp", row.getLong("given_up"));
    node.put("delivered", row.getLong("delivered"));
    node.put("lastDeliveredAt", time(row.getLong("delivered_at")));
    node.put("withheld", row.getLong("withheld"));
    node.put("firstLoad", row.getLong("loaded"));
    return node;
  }

  private static ObjectNode practice(Transaction tx, Practice practice) {
    ObjectNode node = JSON.createObjectNode();
    node.put("practice", practice.id());
    node.put("name", practice.name());
    node.put("zone", practice.zone().getId());
    node.put("mode", practice.api().mode().name().toLowerCase(java.util.Locale.ROOT));
    node.put("apiEnabled", practice.api().enabled());
    node.put("databaseEnabled", practice.database().enabled());
    ObjectNode hl7 = node.putObject("hl7");
    hl7.put("tls", practice.hl7().tls().on());
    hl7.put("clientCertificate", practice.hl7().tls().asksForCertificate());
    // Empty is said in words: it is everybody, not nobody.
    hl7.put(
        "senders",
        practice.hl7().allowedSenders().isEmpty()
            ? "any"
            : String.join(", ", practice.hl7().allowedSenders()));
    node.set("paused", texts(Pauses.of(tx, practice.id())));
    ObjectNode lane = node.putObject("lane");
    Optional<ObjectNode> row =
        tx.sql(
                "select state, reason, failures, next_at, last_ok_at, capabilities, capabilities_at from lane where practice = :practice")
            .param("practice", practice.id())
            .query((found, number) -> lane(found))
            .optional();
    lane.put("state", "unknown").put("reason", "not asked yet").put("failures", 0);
    lane.put("nextAt", "").put("lastOkAt", "").put("capabilitiesAt", "");
    lane.putObject("capabilities");
    row.ifPresent(lane::setAll);
    node.put(
        "lastChangeAt",
        time(
            count(
                tx,
                "select coalesce(max(changed_at), 0) from watermark where practice = :practice",
                practice)));
    node.put(
        "oldestOpenAt",
        time(
            count(
                tx,
                "select coalesce(min(accepted_at), 0) from message where practice = :practice and state <> 'ended'",
                practice)));
    node.put(
        "open",
        count(
            tx,
            "select count(*) from message where practice = :practice and state <> 'ended'",
            practice));
    node.put(
        "waiting",
        count(
            tx,
            "select count(*) from work where practice = :practice and state = 'waiting'",
            practice));
    node.put(
        "switchedOff",
        count(
            tx,
            "select count(*) from work where practice = :practice and state = 'waiting' and waits_for <> ''",
            practice));
    node.put(
        "parked",
        count(
            tx,
            "select count(*) from message where practice = :practice and receipt_end = 'parked'",
            practice));
    node.put(
        "unmapped",
        count(
            tx,
            "select count(*) from unmapped_code c where practice = :practice and exists (select 1 from unmapped_row u"
                + " where u.practice = c.practice and u.code_table = c.code_table and u.token = c.token)",
            practice));
    return node;
  }

  ObjectNode generation() {
    Report report = generation.get();
    ObjectNode node = JSON.createObjectNode();
    node.put("generation", report.id());
    node.put("since", report.since().toString());
    node.put("from", report.lastGood() ? "last good copy" : "disk");
    ObjectNode refused = node.putObject("refused");
    refused.put("generation", "").put("at", "").putArray("problems");
    report
        .refused()
        .ifPresent(
            refusal -> {
              refused.put("generation", refusal.id()).put("at", refusal.at().toString());
              ArrayNode problems = refused.putArray("problems");
              for (Problem problem : refusal.problems()) {
                problems
                    .addObject()
                    .put("file", problem.file())
                    .put("line", problem.line())
                    .put("what", problem.what())
                    .put("right", problem.right());
              }
            });
    ArrayNode draining = node.putArray("draining");
    report.draining().forEach(draining::add);
    ArrayNode restart = node.putArray("needsRestart");
    report.needsRestart().forEach(restart::add);
    node.put("swaps", report.swaps());
    return node;
  }

  private static long count(Transaction tx, String sql, Practice practice) {
    return tx.sql(sql).param("practice", practice.id()).query(Long.class).single();
  }

  private static ObjectNode lane(ResultSet row) throws SQLException {
    ObjectNode lane = JSON.createObjectNode();
    lane.put("state", row.getString("state"));
    lane.put("reason", row.getString("reason"));
    lane.put("failures", row.getInt("failures"));
    lane.put("nextAt", time(row.getLong("next_at")));
    lane.put("lastOkAt", time(row.getLong("last_ok_at")));
    lane.put("capabilitiesAt", time(row.getLong("capabilities_at")));
    lane.set("capabilities", json(row.getString("capabilities"), "{}"));
    return lane;
  }

  /**
   * Pauses or resumes a practice or a destination.
   *
   * @param who the operator's name
   * @param whats texts of {@link Pauses.What}; none: all that can be of it
   * @return what of it is paused then; empty if nothing is called so, or has not these
   */
  Optional<ObjectNode> pause(String id, List<String> whats, boolean begins, String who) {
    Set<Pauses.What> its = EnumSet.noneOf(Pauses.What.class);
    Settings settings = live.get();
    settings
        .practice(id)
        .ifPresent(any -> its.addAll(Set.of(Pauses.What.READS, Pauses.What.WRITES)));
    settings.destination(id).ifPresent(any -> its.add(Pauses.What.SENDS));
    List<Pauses.What> asked =
        whats.isEmpty()
            ? List.copyOf(its)
            : whats.stream().flatMap(text -> Pauses.What.of(text).stream()).toList();
    if (asked.isEmpty() || !its.containsAll(asked) || asked.size() < whats.size()) {
      return Optional.empty();
    }
    List<Pauses.What> paused =
        store.write(
            tx -> {
              audit.record(
                  tx,
                  begins ? "pause" : "resume",
                  settings.practice(id).isPresent() ? id : "",
                  who,
                  id + " " + String.join(",", asked.stream().map(Pauses.What::text).toList()));
              for (Pauses.What what : asked) {
                if (begins) {
                  Pauses.begin(tx, id, what, who);
                } else {
                  Pauses.end(tx, id, what);
                }
              }
              return Pauses.of(tx, id);
            });
    ObjectNode node = JSON.createObjectNode().put("id", id);
    node.set("paused", texts(paused));
    return Optional.of(node);
  }

  /**
   * @param messages whose senders are told again
   * @param gone whose answers can no longer be sent, since their contents are gone
   * @param unanswered destinations that answered once and do so no more
   */
  record Again(List<String> messages, List<String> gone, Set<String> unanswered) {}

  /**
   * Has answers that were given up sent again.
   *
   * @param id a message's, or {@code practice/destination}
   */
  Again answerAgain(String id, String who) {
    Settings settings = live.get();
    return store.write(
        tx -> {
          List<GivenUp.Lost> lost = givenUp.of(tx, id);
          List<GivenUp.Lost> gone = lost.stream().filter(GivenUp.Lost::gone).toList();
          Map<Boolean, List<GivenUp.Lost>> all =
              lost.stream()
                  .filter(one -> !one.gone())
                  .collect(
                      Collectors.partitioningBy(
                          one ->
                              settings
                                  .destination(one.destination())
                                  .filter(its -> its.answers() && its.serves(one.practice()))
                                  .isPresent()));
          givenUp.again(tx, all.get(true), who);
          return new Again(
              all.get(true).stream().map(GivenUp.Lost::messageId).toList(),
              gone.stream().map(GivenUp.Lost::messageId).toList(),
              all.get(false).stream()
                  .map(GivenUp.Lost::destination)
                  .collect(Collectors.toCollection(TreeSet::new)));
        });
  }

  private static ArrayNode by(List<Pauses.Pause> paused, String id) {
    ArrayNode its = JSON.createArrayNode();
    for (Pauses.Pause one : paused) {
      if (one.id().equals(id)) {
        its.addObject()
            .put("what", one.what().text())
            .put("by", one.by())
            .put("since", one.since().toString());
      }
    }
    return its;
  }

  private static ArrayNode texts(List<Pauses.What> paused) {
    ArrayNode texts = JSON.createArrayNode();
    paused.forEach(what -> texts.add(what.text()));
    return texts;
  }

  /**
   * @param practice "" = all
   * @param end "" = any; {@code open} = not ended yet
   * @return newest first
   */
  ArrayNode receipts(String practice, String end, int limit) {
    return list(
        store.read(
            tx ->
                tx.sql(
                        RECEIPT
                            + """
                            where (:practice = '' or practice = :practice)
                              and (:end = '' or receipt_end = :end or (:end = 'open' and state <> 'ended'))
                            order by accepted_at desc, practice, seq desc limit :limit
                            """)
                    .param("practice", practice)
                    .param("end", end)
                    .param("limit", limit)
                    .query((row, number) -> receipt(row))
                    .list()));
  }

  Optional<ObjectNode> receipt(String message) {
    return store.read(
        tx ->
            tx.sql(RECEIPT + " where id = :id")
                .param("id", message)
                .query((row, number) -> receipt(row))
                .optional());
  }

  /** What waits for a person, oldest first. */
  ArrayNode parked(String practice, int limit) {
    return list(
        store.read(
            tx -> {
              List<ObjectNode> parked =
                  tx.sql(
                          RECEIPT
                              + """
                              where receipt_end = 'parked' and (:practice = '' or practice = :practice)
                              order by ended_at, practice, seq limit :limit
                              """)
                      .param("practice", practice)
                      .param("limit", limit)
                      .query((row, number) -> receipt(row))
                      .list();
              for (ObjectNode one : parked) {
                String candidates =
                    tx
                        .sql(
                            "select candidates from person where practice = :practice and held_by = :message")
                        .param("practice", one.get("practice").asText())
                        .param("message", one.get("message").asText())
                        .query(String.class)
                        .list()
                        .stream()
                        .findFirst()
                        .orElse("");
                one.set("candidates", json(candidates, "[]"));
              }
              parked.addAll(parkedDeliveries(tx, practice, limit - parked.size()));
              return parked;
            }));
  }

  private static List<ObjectNode> parkedDeliveries(Transaction tx, String practice, int limit) {
    return tx.sql(
            """
            select d.practice, d.destination, d.resource, d.row_key, d.attempts, d.reason, coalesce(x.attempted_at, 0) as tried,
              (select count(*) from due b where b.practice = d.practice and b.destination = d.destination
                and b.patient_key = d.patient_key and b.patient_key > 0 and b.state = 'due'
                and (d.invalid = 0 or d.resource = 'Patient')) as behind
            from due d
            left join delivery x on x.practice = d.practice and x.destination = d.destination
              and x.resource = d.resource and x.row_key = d.row_key
            where d.state = 'parked' and (:practice = '' or d.practice = :practice)
            order by tried, d.practice, d.destination, d.resource, d.row_key limit :limit
            """)
        .param("practice", practice)
        .param("limit", limit)
        .query(
            (row, number) ->
                JSON.createObjectNode()
                    .put("delivery", delivery(row))
                    .put("practice", row.getString("practice"))
                    .put("destination", row.getString("destination"))
                    .put("type", row.getString("resource"))
                    .put("attempts", row.getInt("attempts"))
                    .put("reason", row.getString("reason"))
                    .put("behind", row.getLong("behind"))
                    .put("endedAt", time(row.getLong("tried"))))
        .list();
  }

  /** {@code practice/destination/type/key}. */
  static String delivery(ResultSet row) throws SQLException {
    return String.join(
        "/",
        row.getString("practice"),
        row.getString("destination"),
        row.getString("resource"),
        row.getString("row_key"));
  }

  private static ArrayNode list(List<ObjectNode> nodes) {
    return JSON.createArrayNode().addAll(nodes);
  }

  private static ObjectNode receipt(ResultSet row) throws SQLException {
    ObjectNode node = JSON.createObjectNode();
    long accepted = row.getLong("accepted_at");
    long ended = row.getLong("ended_at");
    node.put("message", row.getString("id"));
    node.put("practice", row.getString("practice"));
    node.put("sequence", row.getLong("seq"));
    node.put("route", row.getString("route"));
    node.put("sender", row.getString("sender"));
    node.put("type", row.getString("type"));
    node.put("controlId", row.getString("control_id"));
    node.put("acceptedAt", time(accepted));
    node.put("answer", row.getString("answer"));
    node.put("state", row.getString("state"));
    node.put("attempts", row.getInt("attempts"));
    node.put("end", row.getString("receipt_end"));
    node.put("reason", row.getString("receipt_reason"));
    node.set("keys", json(row.getString("receipt_keys"), "{}"));
    node.put("settled", row.getString("receipt_settled"));
    node.put("generation", row.getString("receipt_generation"));
    node.set("warnings", json(row.getString("receipt_warnings"), "[]"));
    node.put("endedAt", time(ended));
    node.put("millis", ended == 0 ? -1 : ended - accepted);
    return node;
  }

  private static String time(long millis) {
    return millis == 0 ? "" : Instant.ofEpochMilli(millis).toString();
  }

  private static JsonNode json(String text, String blank) {
    try {
      return JSON.readTree(text.isBlank() ? blank : text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON column of the store does not hold JSON");
    }
  }
}
