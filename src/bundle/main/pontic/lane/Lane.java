package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.audit.Audit;
import pontic.pause.Pauses;
import pontic.person.Asserted;
import pontic.person.Booking;
import pontic.person.Claims;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.tally.Tally;

/**
 * The lane of every practice: claims one request at a time, stores its intent before and its
 * outcome after, settles what is unclear, and keeps the API's spacing (decisions 0001 to 0003).
 * Safe for use by any number of threads and processes.
 */
public final class Lane {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  /** Heads looked at in one claim; work that ends without a request costs no period. */
  private static final int HEADS = 64;

  /** A planner needs a handful of steps for one message; more is a defect in it. */
  private static final int STEPS = 32;

  /** Where other requests have a status, one without answer has this. */
  private static final int NO_STATUS = 0;

  /**
   * No plan needs so many reads, whatever the API answers; one that does is parked and holds up
   * nobody.
   */
  private static final int REQUESTS = 500;

  /** How many request limits a read may be old when a write is planned from it. */
  private static final int FRESH_LIMITS = 5;

  private static final int WRITE_TRIES = 3;

  /** How far back writes about the same person are shown to a plan. */
  private static final Duration MEMORY = Duration.ofDays(7);

  /**
   * Kills, closed sockets and time-outs say nothing against the message, so they may be many more.
   */
  private static final int SILENT_TRIES = 10;

  private static final int READ_TRIES = 5;

  /** Also where the API has no period: a lane must not spin on an office that is away. */
  private static final Duration LEAST_WAIT = Duration.ofSeconds(1);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** A late look for a double that cannot be made is made again so often, a day long. */
  private static final int LOOKS = 24;

  private static final int AWAY_AFTER = 3;
  private static final Duration CAPABILITIES_AGE = Duration.ofMinutes(10);

  private final Store store;
  private final Leases leases;
  private final Audit audit;
  private final Persons persons;
  private final Receipts receipts;
  private final Planner planner;
  private final Landings landings;
  private final Visits visits;
  private final Map<String, LaneTerms> terms;
  private final LaneRows rows;
  private final WorkFiles files;
  private final CaptureReads captures;
  private final OwnLog ownLog;
  private final ParkedMessages parked;
  private final Claims claims;
  private final TakenBack takenBack;

  /** Practices whose subscriptions were looked at since these terms hold. */
  private final Set<String> looked = ConcurrentHashMap.newKeySet();

  public Lane(
      Store store,
      Leases leases,
      Audit audit,
      Persons persons,
      Receipts receipts,
      Planner planner,
      Landings landings,
      Visits visits,
      Collection<LaneTerms> terms) {
    this.store = store;
    this.leases = leases;
    this.audit = audit;
    this.persons = persons;
    this.receipts = receipts;
    this.planner = new GuardedPlanner(planner);
    this.landings = landings;
    this.visits = visits;
    this.terms = new HashMap<>();
    terms.forEach(t -> this.terms.put(t.practice(), t));
    this.rows = new LaneRows(store.vault());
    this.files = new WorkFiles(store.vault());
    this.ownLog = new OwnLog(rows);
    this.captures = new CaptureReads(new Questions(store.vault()), rows);
    this.claims = new Claims(persons);
    this.takenBack = new TakenBack(persons, receipts, rows);
    this.parked = new ParkedMessages(store.vault(), audit, persons, receipts, this::standsAfter);
  }

  /**
   * Puts the question "what are you and what may I do" before every practice that was not asked
   * lately. One look for all; only where something is to be done has a unit of its own (decision
   * 0333).
   */
  public void watch() {
    Collection<String> resting = store.read(this::resting);
    for (LaneTerms practice : terms.values()) {
      if (practice.enabled() && !resting.contains(practice.practice())) {
        store.write(
            tx -> {
              tx.serialise(practice.practice());
              LaneRows.LaneRow lane = rows.lane(tx, practice.practice());
              boolean stale = lane.capabilitiesAt().plus(CAPABILITIES_AGE).isBefore(tx.now());
              if (stale || !lane.serves()) {
                rows.connect(tx, practice.practice());
              }
              ownLog.watch(tx, practice);
              captures.watch(tx, practice);
              if (!looked.contains(practice.practice())) {
                rows.subscribe(tx, practice.practice(), practice.hints());
              }
              return true;
            });
        looked.add(practice.practice());
      }
    }
  }

  /** Practices of which nothing is to be asked now. */
  private Set<String> resting(Transaction tx) {
    Instant fresh = tx.now().minus(CAPABILITIES_AGE);
    return rows.serving(tx).stream()
        .filter(lane -> looked.contains(lane.practice()) && terms.containsKey(lane.practice()))
        .filter(lane -> !lane.capabilitiesAt().isBefore(fresh))
        .filter(lane -> !OwnLog.isDue(lane.ownLogAt(), terms.get(lane.practice()), tx.now()))
        .map(LaneRows.Serving::practice)
        .collect(Collectors.toSet());
  }

  /**
   * Files an understood message; it waits for its turn from now on. Part of the caller's unit.
   *
   * @param urgent whether somebody waits for it, so that it goes before what is loaded
   */
  public void file(Transaction tx, Work work, boolean urgent) {
    rows.insert(tx, work, urgent, tx.now());
    parked.filed(tx, work.practice(), work.messageId());
  }

  /**
   * Whether an older message that has not ended may yet make this person, or this booking of his.
   *
   * @param bookingId "" for the person
   * @param before place of the newer message among the practice's messages
   */
  public boolean mayBeMade(
      Transaction tx, String practice, String personId, String bookingId, long before) {
    return rows.maker(tx, practice, personId, bookingId, before).isPresent();
  }

  /** Files a message that a person must decide: it never reaches the lane until it is released. */
  public void fileParked(Transaction tx, Work work, boolean urgent, String reason) {
    rows.insert(tx, work, urgent, tx.now());
    park(tx, work, reason);
  }

  /**
   * Why whom a message names is another than who was called so; empty if nothing says so, or he was
   * called by the whole name and birth date as the message says.
   *
   * @param patient FHIR Patient of the message
   * @param called API fields of the patient, each time that he was called
   */
  public Optional<String> another(String practice, JsonNode patient, List<JsonNode> called) {
    return planner.another(practice, patient, called);
  }

  /** What a person may do with those that are parked. */
  public ParkedMessages parked() {
    return parked;
  }

  /** One request to make now, stored as intent, under a lease; or nothing. */
  public LaneStep claim(String practice) {
    LaneTerms its = terms.get(practice);
    if (its == null || !its.enabled()) {
      return LaneStep.nothing(practice);
    }
    LaneStep step = store.write(tx -> claim(tx, its));
    return step.request().writes() && WorkFiles.namesOne(step.request())
        ? step.with(store.read(tx -> files.with(tx, step.callId(), step.request())))
        : step;
  }

  private LaneStep claim(Transaction tx, LaneTerms its) {
    String practice = its.practice();
    tx.serialise(practice);
    Instant now = tx.now();
    if (rows.lane(tx, practice).nextAt().isAfter(now)) {
      return LaneStep.nothing(practice);
    }
    Optional<Long> epoch = leases.take(tx, lease(practice), its.lease());
    if (epoch.isEmpty()) {
      return LaneStep.nothing(practice);
    }
    takeOver(tx, its, epoch.get(), now);
    LaneRows.LaneRow lane = rows.lane(tx, practice);
    List<Pauses.What> paused = Pauses.of(tx, practice);
    boolean reads = !paused.contains(Pauses.What.READS);
    if (!lane.nextAt().isAfter(now)) {
      Optional<LaneStep> overdue =
          reads && lane.serves() ? captures.overdue(tx, its, epoch.get(), now) : Optional.empty();
      if (overdue.isPresent()) {
        return overdue.get();
      }
      for (int i = 0; i < HEADS && !paused.contains(Pauses.What.WRITES); i++) {
        Optional<Work> head = rows.head(tx, practice, now, lane.serves());
        if (head.isEmpty()) {
          break;
        }
        Work stands = its.folds() ? folded(tx, head.get()) : head.get();
        Optional<LaneStep> step = advance(tx, its, stands, OptionalLong.of(epoch.get()));
        if (step.isPresent()) {
          return step.get();
        }
      }
      Optional<LaneStep> capture =
          reads && rows.lane(tx, practice).serves()
              ? captures.due(tx, its, epoch.get(), now)
              : Optional.empty();
      if (capture.isPresent()) {
        return capture.get();
      }
    }
    leases.release(tx, lease(practice), epoch.get());
    return LaneStep.nothing(practice);
  }

  /**
   * The work that stands for this one and for what waits right behind it, as far as that ends in
   * the same rows (decision 0280); this one if it stands for itself.
   */
  private Work folded(Transaction tx, Work head) {
    if (head.personId().isEmpty() || rows.begun(tx, head)) {
      return head;
    }
    List<Work> row = rows.unbegun(tx, head);
    if (row.size() < 2 || head(tx, head).person().filter(person -> !person.held()).isEmpty()) {
      return head;
    }
    Work stands = head;
    for (Work newer : row.subList(1, row.size())) {
      if (!planner.folds(head(tx, stands), newer)) {
        break;
      }
      rows.fold(tx, stands, newer);
      stands = newer;
    }
    return stands;
  }

  /**
   * Takes apart what is folded if nothing of it can have been written; what one of them meets must
   * not be met by all. Where a write has silently missed they stay together: whoever began anew
   * would not know of it.
   *
   * @return false if there is nothing to take apart
   */
  private boolean unfolded(Transaction tx, Work work) {
    boolean begun =
        rows.calls(tx, work.id()).stream()
            .anyMatch(
                call ->
                    call.purpose() == Purpose.CALL
                        && call.state() != CallState.REFUSED
                        && call.state() != CallState.ABANDONED);
    if (begun || rows.folded(tx, work.id()).isEmpty()) {
      return false;
    }
    rows.unfold(tx, work.id(), tx.now());
    return true;
  }

  /** What it stood for ends with it, as words that its sender has said before it. */
  private void endFolded(Transaction tx, Head head, Decision.Done done) {
    Work work = head.work();
    for (Work older : head.folded()) {
      Planner.Said said = planner.said(older);
      said.asserted().forEach((kind, body) -> asserted(tx, head, older, kind, body));
      rows.end(tx, older, "done");
      claims.settle(tx, older.practice(), older.messageId());
      receipts.foldedInto(tx, older.messageId(), work.messageId(), done.keys(), said.warnings());
    }
  }

  private void asserted(Transaction tx, Head head, Work work, String kind, JsonNode body) {
    int row = kind.indexOf('#');
    String target =
        row >= 0
            ? head.person().orElseThrow().id() + kind.substring(row)
            : kind.equals(Persons.PATIENT) ? head.person().orElseThrow().id() : work.bookingId();
    persons.assertedNow(
        tx,
        work.practice(),
        work.sender(),
        row < 0 ? kind : kind.substring(0, row),
        target,
        work.messageId(),
        work.seq(),
        body);
  }

  /**
   * What a lost life left in the air: writes are unclear, reads are forgotten, and the next request
   * waits until the API must have finished with the lost one.
   */
  private void takeOver(Transaction tx, LaneTerms its, long epoch, Instant now) {
    for (LaneRows.LostCall lost : rows.lost(tx, its.practice(), epoch)) {
      CallState state = lost.purpose() == Purpose.CALL ? CallState.UNKNOWN : CallState.ABANDONED;
      rows.outcome(tx, lost.id(), state, 0, MissingNode.getInstance(), 0, now);
      rows.due(tx, lost.workId(), now, 0);
      rows.next(tx, its.practice(), free(tx, its, lost.intentAt()));
    }
  }

  /**
   * Writes of these senders that may have taken effect before an instant and whose end is not
   * known; not those that are parked for a person.
   */
  public List<Written> unclear(
      Transaction tx, String practice, Collection<String> senders, Instant before) {
    return rows.unclear(tx, practice, senders, before).stream()
        .flatMap(request -> planner.written(request, 0).stream())
        .toList();
  }

  /**
   * The API answered.
   *
   * @param retryAfter how long it asked to be left alone, zero if it did not say
   * @param location "" if there is none
   */
  public void answered(
      LaneStep step, int status, JsonNode body, Duration retryAfter, String location) {
    LaneTerms its = terms.get(step.practice());
    store.write(
        tx ->
            outcome(
                tx,
                its,
                step,
                planner.meaning(step.request(), status, body),
                status,
                body,
                retryAfter,
                location));
  }

  /**
   * The connection closed, or the time ran out, after the request may have been sent. No response
   * came from which the period could count, and the API may work on it up to its limit: only then
   * may the next request follow.
   */
  public void unclear(LaneStep step) {
    LaneTerms its = terms.get(step.practice());
    store.write(
        tx ->
            outcome(
                tx,
                its,
                step,
                Planner.Meaning.UNCLEAR,
                0,
                MissingNode.getInstance(),
                Duration.ZERO,
                ""));
  }

  /** The request certainly never left: nobody listens there, or its deadline had passed. */
  public void notSent(LaneStep step) {
    LaneTerms its = terms.get(step.practice());
    store.write(
        tx -> {
          if (!stillOurs(tx, step)) {
            return false;
          }
          Instant now = tx.now();
          rows.outcome(
              tx, step.callId(), CallState.ABANDONED, 0, MissingNode.getInstance(), 0, now);
          away(tx, its, now, "nobody answers at the API's address");
          return finish(tx, its, step);
        });
  }

  /**
   * The request was held back because its deadline had passed; it had no effect, and the office is
   * not to blame.
   */
  public void tooLate(LaneStep step) {
    LaneTerms its = terms.get(step.practice());
    store.write(
        tx -> {
          if (!stillOurs(tx, step)) {
            return false;
          }
          rows.outcome(
              tx, step.callId(), CallState.ABANDONED, 0, MissingNode.getInstance(), 0, tx.now());
          return finish(tx, its, step);
        });
  }

  private boolean outcome(
      Transaction tx,
      LaneTerms its,
      LaneStep step,
      Planner.Meaning meaning,
      int status,
      JsonNode body,
      Duration retryAfter,
      String location) {
    if (!stillOurs(tx, step)) {
      return false;
    }
    Instant now = tx.now();
    Instant next = now.plus(period(tx, its));
    if (status == NO_STATUS && !period(tx, its).isZero()) {
      next = later(next, free(tx, its, rows.call(tx, step.callId()).orElseThrow().intentAt()));
    }
    if (CaptureReads.is(step)) {
      return captured(tx, its, step, meaning, status, body, retryAfter, next);
    }
    Work work = rows.work(tx, workOf(tx, step)).orElseThrow();
    boolean write = step.request().writes();
    switch (meaning) {
      case OK -> {
        healthy(tx, its, now);
        if (write) {
          landed(tx, its, work, step, status, body, location, now);
        } else {
          rows.outcome(tx, step.callId(), CallState.ANSWERED, status, body, 0, now);
        }
      }
      case REFUSED, NOT_FOUND -> {
        healthy(tx, its, now);
        rows.outcome(
            tx,
            step.callId(),
            write ? CallState.REFUSED : CallState.ANSWERED,
            status,
            body,
            0,
            now);
      }
      case BUSY -> {
        rows.outcome(tx, step.callId(), CallState.ABANDONED, status, body, 0, now);
        next = later(next, now.plus(retryAfter));
      }
      case OFFICE_AWAY -> {
        rows.outcome(
            tx,
            step.callId(),
            write ? CallState.UNKNOWN : CallState.ABANDONED,
            status,
            body,
            0,
            now);
        away(tx, its, now, "the office does not answer the API");
      }
      case UNAUTHORISED -> {
        // Nobody waits for a write of Pontic's own: it is tried again when it is next wanted.
        boolean own = write && work.messageId().isEmpty();
        rows.outcome(
            tx, step.callId(), own ? CallState.REFUSED : CallState.ABANDONED, status, body, 0, now);
        if (!own) {
          rows.capabilitiesStale(tx, its.practice());
        }
        if (write && !own) {
          // Even if the practice says next that the write is on: not at once again.
          waitFor(
              tx,
              work,
              step.request().name(),
              "the API refused the key for "
                  + step.request().name()
                  + " (401); give it the permission and this message goes on",
              now.plus(its.refusedWait()));
        } else if (!write) {
          rows.laneState(
              tx,
              its.practice(),
              "refused",
              "the API refused the key (401); check developer and customer key",
              0,
              now);
          rows.connect(tx, its.practice());
          next = now.plus(its.refusedWait());
        }
      }
      case UNCLEAR -> {
        rows.outcome(
            tx,
            step.callId(),
            write ? CallState.UNKNOWN : CallState.ABANDONED,
            status,
            body,
            0,
            now);
        if (!write) {
          readFailed(tx, its, work, status, now);
        }
      }
    }
    rows.next(tx, its.practice(), next);
    return finish(tx, its, step);
  }

  /** When the API must be done with a request that it did not answer, and a period more. */
  private Instant free(Transaction tx, LaneTerms its, Instant intentAt) {
    return intentAt.plus(its.limit()).plus(its.margin()).plus(period(tx, its));
  }

  /**
   * A read of capture: no work waits for it, so what fails is asked again later and holds up
   * nobody.
   */
  private boolean captured(
      Transaction tx,
      LaneTerms its,
      LaneStep step,
      Planner.Meaning meaning,
      int status,
      JsonNode body,
      Duration retryAfter,
      Instant next) {
    Instant now = tx.now();
    captures.ended(tx, its, step, status != NO_STATUS, now);
    switch (meaning) {
      case OK -> {
        healthy(tx, its, now);
        captures.answered(tx, step, status, body, now);
      }
      case BUSY -> {
        captures.putOff(tx, step, status, now, now);
        rows.next(tx, its.practice(), now.plus(retryAfter));
      }
      case OFFICE_AWAY -> {
        captures.putOff(tx, step, status, now, now);
        away(tx, its, now, "the office does not answer the API");
      }
      case REFUSED, NOT_FOUND, UNAUTHORISED, UNCLEAR -> {
        boolean heard = status / 100 == 4;
        if (heard
            && meaning != Planner.Meaning.UNAUTHORISED
            && captures.passesOver(tx, step, meaning != Planner.Meaning.UNCLEAR)) {
          captures.answered(tx, step, status, TextNode.valueOf(""), now);
          break;
        }
        Duration wait = heard ? its.refusedWait() : wait(period(tx, its), unanswered(tx, its), its);
        if (heard) {
          LOG.warn(
              "{}: the API answered the read for {} with {}; it is asked again in a minute",
              its.practice(),
              CaptureReads.feed(step),
              status);
        }
        if (meaning == Planner.Meaning.UNAUTHORISED) {
          rows.capabilitiesStale(tx, its.practice());
        }
        // A text that nobody knows may mean an office that is away.
        if (meaning == Planner.Meaning.REFUSED || meaning == Planner.Meaning.NOT_FOUND) {
          captures.refused(tx, step, status, now, now.plus(wait));
        } else {
          captures.putOff(tx, step, status, now, now.plus(wait));
        }
      }
    }
    rows.next(tx, its.practice(), next);
    return finish(tx, its, step);
  }

  private boolean stillOurs(Transaction tx, LaneStep step) {
    tx.serialise(step.practice());
    if (!leases.holds(tx, lease(step.practice()), step.epoch())) {
      LOG.warn(
          "{}: the answer to {} came after this process lost the lane; whoever took over settles it",
          step.practice(),
          step.callId());
      return false;
    }
    return rows.call(tx, step.callId())
        .filter(call -> call.state() == CallState.INTENT)
        .isPresent();
  }

  private boolean finish(Transaction tx, LaneTerms its, LaneStep step) {
    leases.release(tx, lease(step.practice()), step.epoch());
    Optional<Work> work = rows.work(tx, workOf(tx, step));
    work.ifPresent(
        open -> {
          if (!waitsForItself(tx, open)) {
            advance(tx, its, open, OptionalLong.empty());
          }
        });
    return true;
  }

  /** True while a failed read has put the work off; planning it now would ask again at once. */
  private static boolean waitsForItself(Transaction tx, Work work) {
    return tx.sql("select due_at from work where id = :id")
            .param("id", work.id())
            .query(Long.class)
            .single()
        > tx.now().toEpochMilli();
  }

  private static String workOf(Transaction tx, LaneStep step) {
    return tx.sql("select work_id from call where id = :id")
        .param("id", step.callId())
        .query(String.class)
        .single();
  }

  private void landed(
      Transaction tx,
      LaneTerms its,
      Work work,
      LaneStep step,
      int status,
      JsonNode body,
      String location,
      Instant now) {
    long key = planner.key(step.request(), body, location);
    boolean keyMissing =
        key == 0
            && EnumSet.of(Planner.Effect.PERSON, Planner.Effect.BOOKING)
                .contains(planner.effect(step.request().name()));
    rows.outcome(
        tx,
        step.callId(),
        keyMissing ? CallState.UNKNOWN : CallState.LANDED,
        status,
        body,
        key,
        now);
    if (!keyMissing) {
      applied(tx, work, step.request(), key);
      watchRepeated(tx, its, work, step.callId());
    }
  }

  private void applied(Transaction tx, Work work, ApiRequest request, long key) {
    switch (planner.effect(request.name())) {
      case PERSON ->
          persons
              .find(tx, work.practice(), work.personId())
              .ifPresent(
                  p -> {
                    // A booking may create its patient too; the sender's next update is merged with
                    // what it said here, and not taken for the first word about somebody else's.
                    Person known = persons.becomeKnown(tx, p, key);
                    claims.settle(tx, work.practice(), work.messageId());
                    persons.assertedNow(
                        tx,
                        work.practice(),
                        work.sender(),
                        Persons.PATIENT,
                        known.id(),
                        work.messageId(),
                        work.seq(),
                        request.body());
                  });
      case BOOKING ->
          persons
              .booking(tx, work.practice(), work.bookingId())
              .ifPresent(b -> persons.bookingKnown(tx, b, key));
      case ROW, NONE -> {}
    }
    planner.written(request, key).ifPresent(written -> landings.landed(tx, work, written));
    if (planner.effect(request.name()) != Planner.Effect.ROW) {
      rows.newCycle(tx, work);
    }
  }

  private void healthy(Transaction tx, LaneTerms its, Instant now) {
    boolean asked = !rows.lane(tx, its.practice()).capabilities().isMissingNode();
    rows.laneState(
        tx, its.practice(), asked ? "ready" : "unknown", asked ? "" : "not asked yet", 0, now);
  }

  private void away(Transaction tx, LaneTerms its, Instant now, String reason) {
    LaneRows.LaneRow lane = rows.lane(tx, its.practice());
    int failures = lane.failures() + 1;
    rows.laneState(tx, its.practice(), "offline", reason, failures, lane.lastOkAt());
    rows.connect(tx, its.practice());
    rows.next(tx, its.practice(), now.plus(wait(period(tx, its), failures, its)));
  }

  /** How many reads in a row had no answer that says anything, with this one. */
  private int unanswered(Transaction tx, LaneTerms its) {
    LaneRows.LaneRow lane = rows.lane(tx, its.practice());
    int failures = lane.failures() + 1;
    boolean away = failures >= AWAY_AFTER;
    rows.laneState(
        tx,
        its.practice(),
        away ? "offline" : lane.state(),
        away ? "reads fail one after the other" : "",
        failures,
        lane.lastOkAt());
    if (away) {
      rows.connect(tx, its.practice());
    }
    return failures;
  }

  private void readFailed(Transaction tx, LaneTerms its, Work work, int status, Instant now) {
    LaneRows.LaneRow lane = rows.lane(tx, its.practice());
    int failures = unanswered(tx, its);
    // Counted only where the lane worked for others in between: an office that is away is nobody's
    // fault.
    List<Asked> failed =
        rows.calls(tx, work.id()).stream()
            .filter(call -> call.state() == CallState.ABANDONED && !call.request().writes())
            .toList();
    boolean othersWorked =
        !work.event().equals(Work.CONNECT)
            && failed.size() > 1
            && lane.lastOkAt().isAfter(failed.get(failed.size() - 2).intentAt());
    if (othersWorked) {
      rows.attempted(tx, work);
      if (work.attempts() + 1 >= READ_TRIES) {
        hold(
            tx,
            work,
            "the API answered "
                + READ_TRIES
                + " reads for it with "
                + (status == 0 ? "nothing" : status)
                + " while it served others",
            List.of());
        return;
      }
    }
    rows.due(tx, work.id(), now.plus(wait(period(tx, its), failures, its)), 1);
  }

  private static Duration wait(Duration period, int failures, LaneTerms its) {
    Duration longest = its.scaled(LONGEST_WAIT);
    Duration least = its.scaled(LEAST_WAIT);
    Duration first = period.compareTo(least) < 0 ? least : period;
    Duration wait = first.multipliedBy(1L << Math.min(failures, 10));
    return wait.compareTo(longest) > 0 ? longest : wait;
  }

  private Duration period(Transaction tx, LaneTerms its) {
    JsonNode millis = rows.lane(tx, its.practice()).capabilities().path("periodMillis");
    return millis.isNumber() ? Duration.ofMillis(millis.asLong()) : its.patience();
  }

  /**
   * Plans the work as far as it goes without a request. With an epoch, the request that it needs
   * then is stored as intent and returned; without, the work stays due.
   */
  private Optional<LaneStep> advance(
      Transaction tx, LaneTerms its, Work start, OptionalLong epoch) {
    String id = start.id();
    for (int i = 0; i < STEPS; i++) {
      Optional<Work> open = rows.work(tx, id);
      if (open.isEmpty()) {
        return Optional.empty();
      }
      Work work = open.get();
      Head head = head(tx, work);
      if (head.person().isPresent()
          && head.person().get().held()
          && !head.person().get().heldBy().equals(work.messageId())
          && !HalfWritten.is(tx, work)) {
        if (unfolded(tx, work)) {
          return Optional.empty();
        }
        parkBehind(tx, work, head.person().get().heldBy());
        return Optional.empty();
      }
      if (head.answeredReads().size() > REQUESTS) {
        hold(
            tx,
            work,
            "it took more than " + REQUESTS + " requests without coming to an end",
            List.of());
        return Optional.empty();
      }
      Optional<Asked> unclear =
          head.calls().stream()
              .filter(call -> call.is(Purpose.CALL, CallState.UNKNOWN))
              .findFirst();
      if (unclear.isPresent()) {
        Settling settling = settle(tx, its, head, unclear.get(), epoch);
        if (!settling.settled()) {
          return settling.step();
        }
        continue;
      }
      if (work.event().equals(Work.WATCH) && isEarly(tx, work)) {
        // Its message goes on, and may yet find the row and take it.
        rows.due(tx, work.id(), tx.now().plus(its.lookAgain()), 1);
        return Optional.empty();
      }
      Decision decision = planner.next(head);
      if (decision instanceof Decision.Ask ask) {
        return request(
            tx,
            its,
            work,
            work.cycle(),
            work.event().equals(Work.WATCH) ? Purpose.WATCH : Purpose.PLAN,
            "",
            ask.request(),
            MissingNode.getInstance(),
            epoch);
      }
      if (!(decision instanceof Decision.Ask) && tooOld(its, head, tx.now())) {
        rows.newCycle(tx, work);
        continue;
      }
      if (decision instanceof Decision.Write write) {
        if (epoch.isPresent()) {
          head.person()
              .ifPresent(
                  person -> HalfWritten.begun(tx, work, person.patNum(), write.half().held()));
        } else if (write.half().yields()) {
          rows.yields(tx, work.id(), tx.now());
          return Optional.empty();
        }
        return request(
            tx,
            its,
            work,
            work.cycle(),
            Purpose.CALL,
            "",
            write.request(),
            write.baseline(),
            epoch);
      }
      if (decision instanceof Decision.Apart) {
        hold(
            tx,
            work,
            "the office changed the appointment while messages about it were written as one",
            List.of());
        return Optional.empty();
      }
      if (decision instanceof Decision.Identified identified) {
        Person before = head.person().orElseThrow();
        Person now = persons.becomeKnown(tx, before, identified.patNum());
        // By name and birth date he is the one: what becomes of the rest does not change that.
        claims.settle(tx, work.practice(), work.messageId());
        if (!now.id().equals(before.id())) {
          // It is somebody we know: their older work goes first.
          rows.due(tx, work.id(), tx.now(), 1);
          return Optional.empty();
        }
        continue;
      }
      if (decision instanceof Decision.Booked booked) {
        persons.bookingKnown(tx, head.booking().orElseThrow(), booked.aptNum());
        continue;
      }
      end(tx, head, decision);
      return Optional.empty();
    }
    LOG.error("{}: the planner does not come to an end for {}; parked", its.practice(), id);
    rows.work(tx, id)
        .ifPresent(
            work ->
                hold(
                    tx,
                    work,
                    "Pontic did not come to an end with it in " + STEPS + " steps",
                    List.of()));
    return Optional.empty();
  }

  /** A look for what was not made again, while its message is open. */
  private boolean isEarly(Transaction tx, Work work) {
    return work.bundle().path("missed").asBoolean()
        && receipts.isOpen(tx, work.bundle().path("messageId").asText());
  }

  /** True if the decision rests on reads from before a long wait: the row may be another by now. */
  private static boolean tooOld(LaneTerms its, Head head, Instant now) {
    Instant fresh = now.minus(its.limit().multipliedBy(FRESH_LIMITS));
    return head.answeredReads().stream().anyMatch(read -> read.intentAt().isBefore(fresh));
  }

  private Head head(Transaction tx, Work work) {
    Optional<Person> person =
        work.personId().isEmpty()
            ? Optional.empty()
            : persons.find(tx, work.practice(), work.personId());
    Optional<Booking> booking =
        work.bookingId().isEmpty()
            ? Optional.empty()
            : persons.booking(tx, work.practice(), work.bookingId());
    Map<String, Asserted> asserted = new HashMap<>();
    person
        .flatMap(p -> persons.asserted(tx, work.practice(), work.sender(), Persons.PATIENT, p.id()))
        .ifPresent(body -> asserted.put(Persons.PATIENT, body));
    booking
        .flatMap(
            b -> persons.asserted(tx, work.practice(), work.sender(), Persons.APPOINTMENT, b.id()))
        .ifPresent(body -> asserted.put(Persons.APPOINTMENT, body));
    person.ifPresent(
        p -> asserted.putAll(persons.assertedOfRows(tx, work.practice(), work.sender(), p.id())));
    List<Asked> calls = rows.calls(tx, work.id());
    List<Work> folded = rows.folded(tx, work.id());
    return new Head(
        work,
        person,
        booking,
        Restored.of(tx).map(copy -> older(tx, work, copy, calls)),
        calls,
        work.messageId().isEmpty() ? List.of() : rows.earlier(tx, work, tx.now().minus(MEMORY)),
        asserted,
        person.map(p -> persons.ruledOut(tx, p)).orElse(Set.of()),
        tx.now(),
        rows.lane(tx, work.practice()).capabilities(),
        person.map(p -> spoken(tx, work, p)).orElse(Spoken.NOTHING),
        folded,
        work.messageId().isEmpty() ? Waited.NOT : rows.waited(tx, work, folded));
  }

  private OlderCopy older(Transaction tx, Work work, Restored.Copy copy, List<Asked> calls) {
    return new OlderCopy(
        copy.takenAt(),
        copy.foundAt(),
        persons.booked(tx, work.practice(), planner.visits(work, calls)));
  }

  private Spoken spoken(Transaction tx, Work work, Person person) {
    if (planner.once(work, Set.of()).isEmpty()) {
      return Spoken.NOTHING;
    }
    Set<String> senders = new HashSet<>(persons.sendersOfRows(tx, work.practice(), person.id()));
    senders.add(work.sender());
    return new Spoken(senders, persons.toldOf(tx, work.practice(), planner.once(work, senders)));
  }

  private Optional<LaneStep> request(
      Transaction tx,
      LaneTerms its,
      Work work,
      int cycle,
      Purpose purpose,
      String parent,
      ApiRequest request,
      JsonNode baseline,
      OptionalLong epoch) {
    if (epoch.isEmpty()) {
      rows.due(tx, work.id(), tx.now(), 0);
      return Optional.empty();
    }
    captures.another(tx, work.practice());
    String callId =
        rows.intent(
            tx, work, cycle, purpose, parent, request, baseline, epoch.getAsLong(), tx.now());
    audit.record(
        tx,
        request.writes() ? "call" : "read",
        work.practice(),
        "lane",
        callId + " " + request.name());
    return Optional.of(
        new LaneStep(
            purpose.text(),
            work.practice(),
            epoch.getAsLong(),
            callId,
            request,
            System.nanoTime() + its.margin().toNanos()));
  }

  private record Settling(boolean settled, Optional<LaneStep> step) {
    static Settling done() {
      return new Settling(true, Optional.empty());
    }

    static Settling waiting() {
      return new Settling(false, Optional.empty());
    }
  }

  private Settling settle(
      Transaction tx, LaneTerms its, Head head, Asked unclear, OptionalLong epoch) {
    Work work = head.work();
    List<Asked> probes =
        head.calls().stream().filter(call -> call.parentId().equals(unclear.id())).toList();
    List<Asked> round = probes.stream().filter(call -> call.state() == CallState.ANSWERED).toList();
    int rounds = probes.stream().mapToInt(Asked::cycle).max().orElse(0);
    Finding finding = planner.examine(head, unclear, round);
    if (finding instanceof Finding.Probe probe) {
      int cycle = round.isEmpty() ? rounds + 1 : rounds;
      return new Settling(
          false,
          request(
              tx,
              its,
              work,
              cycle,
              Purpose.SETTLE,
              unclear.id(),
              probe.request(),
              MissingNode.getInstance(),
              epoch));
    }
    if (finding instanceof Finding.Landed landed) {
      long key = landed.key() == 0 ? unclear.resultKey() : landed.key();
      rows.settled(tx, unclear.id(), CallState.LANDED, key, landed.evidence());
      applied(tx, work, unclear.request(), key);
      watchRepeated(tx, its, work, unclear.id());
      return Settling.done();
    }
    if (finding instanceof Finding.Doubtful doubtful) {
      // Once a person has looked into it and released the message, it is read afresh.
      round.forEach(read -> rows.settled(tx, read.id(), CallState.ABANDONED, 0, "doubtful"));
      hold(tx, work, doubtful.reason(), doubtful.candidates());
      return Settling.waiting();
    }
    String evidence = ((Finding.Absent) finding).evidence();
    round.forEach(read -> rows.settled(tx, read.id(), CallState.ABSENT, 0, evidence));
    return absent(tx, its, work, unclear, probes, evidence);
  }

  /**
   * Proven misses of this write of this work; failed reads do not count.
   *
   * @param answered how many of them the API had answered with a 4xx
   */
  private record Misses(long all, long answered) {}

  private Misses misses(Transaction tx, Work work, Asked unclear) {
    // Of what takes many requests of one name each counts by itself.
    boolean alone = HalfWritten.is(tx, work);
    List<Asked> missed =
        rows.calls(tx, work.id()).stream()
            .filter(call -> call.name().equals(unclear.name()))
            .filter(call -> call.is(Purpose.CALL, CallState.NOT_LANDED))
            .filter(call -> !alone || call.request().equals(unclear.request()))
            .toList();
    return new Misses(
        missed.size(),
        missed.stream()
            .filter(call -> call.status() / 100 == 4)
            .filter(
                call ->
                    planner.meaning(call.request(), call.status(), call.answer())
                        == Planner.Meaning.UNCLEAR)
            .count());
  }

  /** Looked for twice after the API must have been done, it did not land; else it is read again. */
  private Settling absent(
      Transaction tx,
      LaneTerms its,
      Work work,
      Asked unclear,
      List<Asked> probes,
      String evidence) {
    Instant now = tx.now();
    Instant certain = done(unclear, its);
    int negatives = Rounds.negatives(probes, certain, its.margin());
    if (negatives >= 2) {
      rows.settled(
          tx,
          unclear.id(),
          CallState.NOT_LANDED,
          0,
          evidence + "; looked for twice after the API's limit");
      watchMissed(tx, its, work, unclear.id());
      Misses misses = misses(tx, work, unclear);
      if (misses.answered() >= WRITE_TRIES && HalfWritten.is(tx, work)) {
        // As refused: what stands already is taken back, as its table says.
        rows.settled(tx, unclear.id(), CallState.REFUSED, 0, evidence);
        return Settling.done();
      }
      if (misses.answered() >= WRITE_TRIES && planner.isOfChart(unclear.name())) {
        // A refusal in words that nobody knows: it ends its row, as one in known words does.
        rows.refused(tx, unclear.id());
        rows.newCycle(tx, work);
        return Settling.done();
      }
      if (misses.answered() >= WRITE_TRIES) {
        refuse(
            tx,
            work,
            unclear.name()
                + " was answered "
                + WRITE_TRIES
                + " times with a text that Pontic does not know, and never landed");
        return Settling.waiting();
      }
      if (misses.all() >= SILENT_TRIES) {
        hold(
            tx,
            work,
            unclear.name()
                + " was tried "
                + SILENT_TRIES
                + " times; it never landed, and the API did not say why",
            List.of());
        return Settling.waiting();
      }
      rows.newCycle(tx, work);
      return Settling.done();
    }
    Duration since = Duration.between(unclear.intentAt(), now);
    Duration pause = since.compareTo(its.margin()) < 0 ? its.margin() : since;
    Instant next =
        negatives == 0 ? earlier(now.plus(pause), later(certain, now)) : now.plus(its.margin());
    rows.due(tx, work.id(), next, 0);
    return Settling.waiting();
  }

  /**
   * When the API must be done with a write. 504 says that it is at work still, so it is given its
   * limit once more.
   */
  private static Instant done(Asked unclear, LaneTerms its) {
    Duration working =
        unclear.status() == HttpURLConnection.HTTP_GATEWAY_TIMEOUT ? its.limit() : Duration.ZERO;
    return unclear.intentAt().plus(its.limit()).plus(working).plus(its.margin());
  }

  private void end(Transaction tx, Head head, Decision decision) {
    Work work = head.work();
    if (decision instanceof Decision.Done done) {
      reread(tx, head);
      visited(tx, head, done);
      endFolded(tx, head, done);
      rows.end(tx, work, "done");
      claims.settle(tx, work.practice(), work.messageId());
      done.asserted().forEach((kind, body) -> asserted(tx, head, work, kind, body));
      for (String field : done.flipping()) {
        Tally.count(tx, Tally.What.FLIPPING, work.practice(), "", field, "left");
      }
      done.stands().ifPresent(stands -> landings.landed(tx, work, stands));
      done.rows().forEach(row -> landings.brought(tx, work, row));
      if (!done.bookingState().isEmpty()) {
        head.booking().ifPresent(booking -> persons.bookingState(tx, booking, done.bookingState()));
      }
      receipts.end(
          tx,
          work.messageId(),
          done.landed() ? End.LANDED : End.NO_CHANGE,
          done.landed() ? "" : unchanged(done),
          done.keys(),
          settledHow(head),
          done.warnings());
      done.doublyBooked().ifPresent(booked -> doublyBooked(tx, work, booked));
    } else if (decision instanceof Decision.StandsAlready stands) {
      rows.end(tx, work, "done");
      takenBack.of(tx, work, List.of());
      receipts.end(
          tx,
          work.messageId(),
          End.NO_CHANGE,
          "there is one already that matches the condition of this create",
          stands.keys(),
          "",
          List.of());
    } else if (decision instanceof Decision.NeverMade) {
      neverMade(tx, work);
    } else if (decision instanceof Decision.Superseded superseded) {
      List<Work> folded = rows.folded(tx, work.id());
      for (Work older : folded) {
        rows.end(tx, older, "done");
        receipts.supersededBy(tx, older.messageId(), superseded.bySeq(), List.of());
      }
      rows.end(tx, work, "done");
      takenBack.of(tx, work, folded);
      receipts.supersededBy(tx, work.messageId(), superseded.bySeq(), superseded.warnings());
    } else if (decision instanceof Decision.Wait wait) {
      waitFor(tx, work, wait.write(), wait.reason(), tx.now());
    } else if (decision instanceof Decision.Hold hold) {
      hold(tx, work, hold.reason(), hold.candidates());
    } else if (decision instanceof Decision.Refuse refuse) {
      refuse(tx, work, refuse.reason(), refuse.warnings());
    } else if (decision instanceof Decision.Connected connected) {
      rows.end(tx, work, "done");
      rows.capabilities(tx, work.practice(), connected.capabilities(), tx.now());
      captures.permitted(tx, work.practice(), connected.capabilities(), tx.now());
      connected.writesOn().forEach(write -> rows.allowed(tx, work.practice(), write));
      rows.laneState(tx, work.practice(), "ready", "", 0, tx.now());
      rows.subscribe(tx, work.practice(), terms.get(work.practice()).hints());
    } else if (decision instanceof Decision.Subscribed subscribed) {
      rows.end(tx, work, "done");
      ObjectNode hints = JsonNodeFactory.instance.objectNode();
      hints.set("tables", subscribed.tables());
      subscribed.urls().forEach(hints.putArray("urls")::add);
      rows.hints(tx, work.practice(), hints);
    } else if (decision instanceof Decision.Logged logged) {
      rows.end(tx, work, "done");
      ownLog.logged(tx, terms.get(work.practice()), work, logged);
    } else if (decision instanceof Decision.Watched watched) {
      rows.end(tx, work, "done");
      if (watched.doubled()) {
        LOG.error(
            "{}: {} took effect twice ({}); parked",
            work.practice(),
            work.bundle().path("messageId").asText(),
            watched.what());
        receipts.doubled(tx, work.bundle().path("messageId").asText(), watched.what());
      }
    } else if (decision instanceof Decision.Late late) {
      rows.end(tx, work, "done");
      cameLate(tx, work, late);
    } else {
      throw new IllegalStateException("not an end: " + decision.getClass().getSimpleName());
    }
  }

  /**
   * What it waited for has ended without a row, so it is a create as any other: whom and what it
   * means is asked anew. What is parked may still be let go on, and it goes with that.
   */
  private void neverMade(Transaction tx, Work work) {
    Optional<LaneRows.Maker> maker =
        rows.maker(tx, work.practice(), work.personId(), work.bookingId(), work.seq());
    if (maker.isEmpty()) {
      rows.readAgain(tx, work);
    } else if (maker.get().parked()) {
      parkBehind(tx, work, maker.get().messageId());
    } else {
      rows.due(tx, work.id(), tx.now().plus(LONGEST_WAIT), 1);
    }
  }

  /** What was looked for in vain and not made again stands now, and no message has taken it. */
  private void cameLate(Transaction tx, Work work, Decision.Late late) {
    List<Long> nobodys = rows.nobodys(tx, work, late.column(), late.keys());
    String messageId = work.bundle().path("messageId").asText();
    // Of a chart's row that came before its message was planned anew no request of ours has the
    // key.
    boolean wanted =
        late.keys().size() == 1
            && planner.isOfChart(work.bundle().path("write").asText())
            && !receipts.cameToNothing(tx, messageId);
    if (nobodys.isEmpty() || wanted) {
      return;
    }
    String what =
        "%s %s stands by a request of this message that was looked for in vain and not made again; %s"
            .formatted(late.column(), nobodys, late.remedy());
    LOG.error("{}: {}: {}", work.practice(), messageId, what);
    receipts.perhapsDoubled(tx, messageId, what);
  }

  /** Whoever asked for it is told how it stands; so are those whose messages it stood for. */
  private void visited(Transaction tx, Head head, Decision.Done done) {
    planner
        .visit(head, done)
        .ifPresent(
            visit ->
                Stream.concat(head.folded().stream(), Stream.of(head.work()))
                    .forEach(work -> visits.stands(tx, work.practice(), work.messageId(), visit)));
  }

  private void doublyBooked(Transaction tx, Work work, Decision.DoublyBooked booked) {
    Tally.count(tx, Tally.What.DOUBLE_BOOKING, work.practice(), "", "", "landed");
    LOG.warn("{}: {} is {}", work.practice(), work.messageId(), booked.what());
    if (booked.parked()) {
      receipts.doubled(tx, work.messageId(), booked.what());
    }
  }

  /** What was read of it while it was half written does not count. */
  private void reread(Transaction tx, Head head) {
    if (HalfWritten.is(tx, head.work())) {
      planner.reread(head).forEach(row -> HalfWritten.reread(tx, head.work().practice(), row));
    }
  }

  private static String unchanged(Decision.Done done) {
    return done.warnings().isEmpty()
        ? "nothing new: Open Dental has what the message says, or the office changed it since this sender said so"
        : "nothing new was written: Open Dental has it, or what differs was left: see the warnings";
  }

  /** A write that was repeated since it was nowhere to be found may yet land a second time. */
  private void watchRepeated(Transaction tx, LaneTerms its, Work work, String callId) {
    Head head = head(tx, work);
    Asked landed = rows.call(tx, callId).orElseThrow();
    List<Asked> missed = missedBefore(head, landed);
    if (!missed.isEmpty()) {
      planner
          .watch(head, landed)
          .ifPresent(
              body -> {
                missed.forEach(each -> rows.unwatch(tx, each.id()));
                rows.watch(tx, work.practice(), callId, tx.now().plus(its.untilLook()), body);
              });
    }
  }

  /**
   * A write that was nowhere to be found may yet land, whether it is made again or not: its message
   * may be refused, parked or given up next. If it is made again and lands, the look from there on
   * is enough (decision 0436).
   */
  private void watchMissed(Transaction tx, LaneTerms its, Work work, String callId) {
    if (work.messageId().isEmpty()) {
      return;
    }
    Head head = head(tx, work);
    Asked missed = rows.call(tx, callId).orElseThrow();
    planner
        .watch(head, missed)
        .ifPresent(
            body -> {
              missedBefore(head, missed).forEach(each -> rows.unwatch(tx, each.id()));
              rows.watch(tx, work.practice(), callId, tx.now().plus(its.untilLook()), body);
            });
  }

  /** The same write of this work, as often as it was looked for in vain. */
  private List<Asked> missedBefore(Head head, Asked write) {
    // Of rows of a chart one message brings many.
    boolean alone = planner.isOfChart(write.name());
    return head.calls().stream()
        .filter(other -> !other.id().equals(write.id()) && other.name().equals(write.name()))
        .filter(other -> other.is(Purpose.CALL, CallState.NOT_LANDED))
        .filter(other -> !alone || other.request().equals(write.request()))
        .toList();
  }

  private void waitFor(Transaction tx, Work work, String write, String why, Instant earliest) {
    String reason = withVisible(tx, work, why);
    rows.waitsFor(tx, work, write, earliest, planner.isOfChart(write));
    receipts.waits(tx, work.messageId(), reason);
    for (Work older : rows.folded(tx, work.id())) {
      receipts.waits(tx, older.messageId(), reason);
    }
  }

  private static String settledHow(Head head) {
    return String.join(
        "; ",
        head.calls().stream()
            .filter(call -> call.purpose() == Purpose.CALL && !call.settled().isEmpty())
            .map(call -> call.name() + ": " + call.settled())
            .toList());
  }

  private void refuse(Transaction tx, Work work, String reason) {
    refuse(tx, work, reason, List.of());
  }

  private void refuse(Transaction tx, Work work, String reason, List<String> warnings) {
    if (unfolded(tx, work)) {
      return;
    }
    reread(tx, head(tx, work));
    Standing stands = standsAfter(tx, work);
    String whole = stands.after(reason);
    List<Work> folded = rows.folded(tx, work.id());
    for (Work older : folded) {
      rows.end(tx, older, "done");
      receipts.end(
          tx,
          older.messageId(),
          End.REFUSED,
          "it went with " + work.messageId() + ": " + whole,
          stands.keys(),
          "",
          List.of());
    }
    rows.end(tx, work, "done");
    if (work.messageId().isEmpty()) {
      LOG.warn("{}: {} of Pontic's own was refused: {}", work.practice(), work.event(), reason);
      return;
    }
    takenBack.of(tx, work, folded);
    receipts.end(
        tx,
        work.messageId(),
        End.REFUSED,
        whole,
        stands.keys(),
        settledHow(head(tx, work)),
        warnings);
  }

  /**
   * What stands of work that goes no further: its sender has said that much, for the next three-way
   * merge, and no more (decision 0390).
   */
  private Standing standsAfter(Transaction tx, Work work) {
    Head head = head(tx, work);
    Standing stands = planner.standing(head);
    stands.asserted().forEach((kind, body) -> asserted(tx, head, work, kind, body));
    if (!stands.bookingState().isEmpty()) {
      head.booking().ifPresent(booking -> persons.bookingState(tx, booking, stands.bookingState()));
    }
    return stands;
  }

  private void hold(Transaction tx, Work work, String reason, List<Long> candidates) {
    if (work.event().equals(Work.WATCH)) {
      unlooked(tx, work, reason);
      return;
    }
    if (work.messageId().isEmpty()) {
      cameToNothing(tx, work, reason);
      return;
    }
    if (unfolded(tx, work)) {
      return;
    }
    Optional<Person> person = persons.find(tx, work.practice(), work.personId());
    // What is told of somebody whom the office has not yet holds nobody up: he may be registered
    // next.
    boolean isOfNobody =
        work.event().equals(Work.CHART)
            && candidates.isEmpty()
            && person.filter(one -> !one.known()).isPresent();
    if (!isOfNobody) {
      person.ifPresent(one -> persons.hold(tx, one, work.messageId(), candidates));
    }
    park(tx, work, candidates.isEmpty() ? reason : reason + "; candidates: " + candidates);
    if (work.personId().isEmpty() || isOfNobody) {
      return;
    }
    rows.behind(tx, work).forEach(later -> unfolded(tx, later));
    for (Work later : rows.behind(tx, work)) {
      parkBehind(tx, later, work.messageId());
    }
  }

  /**
   * The late look for a double could not be made. It is made again, and at last a person makes it
   * (decision 0421).
   */
  private void unlooked(Transaction tx, Work work, String reason) {
    String messageId = work.bundle().path("messageId").asText();
    if (rows.looked(tx, work) < LOOKS) {
      Instant again = tx.now().plus(terms.get(work.practice()).lookAgain());
      rows.reopen(tx, work, again);
      LOG.warn(
          "{}: whether {} took effect twice was not seen ({}); it is looked again at {}",
          work.practice(),
          messageId,
          reason,
          again);
      return;
    }
    rows.end(tx, work, "done");
    String at = work.bundle().path("at").asText();
    String what =
        (work.bundle().path("missed").asBoolean()
                ? "it was looked for in vain and not made again, and %d looks did not show whether it came late (%s): look in Open Dental at %s"
                : "it was sent twice, and %d looks did not show whether it stands twice (%s): look in Open Dental at %s")
            .formatted(LOOKS, reason, at.isEmpty() ? "what this message wrote" : at);
    LOG.error("{}: {}: {}; parked", work.practice(), messageId, what);
    receipts.perhapsDoubled(tx, messageId, what);
  }

  /** A question of Pontic's own: nobody can let it go on, and it is put again by the clock. */
  private void cameToNothing(Transaction tx, Work work, String reason) {
    for (Asked call : rows.calls(tx, work.id())) {
      if (call.is(Purpose.CALL, CallState.UNKNOWN)) {
        rows.settled(tx, call.id(), CallState.ABANDONED, 0, reason);
      }
    }
    rows.end(tx, work, "done");
    if (work.event().equals(Work.CONNECT)) {
      LaneRows.LaneRow lane = rows.lane(tx, work.practice());
      rows.laneState(tx, work.practice(), lane.state(), reason, lane.failures(), lane.lastOkAt());
    }
    LOG.warn(
        "{}: {} of Pontic's own came to nothing and is put again later: {}",
        work.practice(),
        work.event(),
        reason);
  }

  /** Not what is half written: it is in that patient's chart already, and better whole. */
  private void parkBehind(Transaction tx, Work work, String messageId) {
    if (HalfWritten.is(tx, work)) {
      return;
    }
    park(tx, work, Receipts.behind(messageId), Receipts.behind(messageId));
  }

  private void park(Transaction tx, Work work, String reason) {
    park(tx, work, reason, Receipts.behind(work.messageId()));
  }

  /**
   * @param behind why those wait for which it stands
   */
  private void park(Transaction tx, Work work, String why, String behind) {
    Standing stands = planner.standing(head(tx, work));
    // By its very words those are known again that wait for another.
    String reason = why.equals(behind) ? why : stands.after(withVisible(tx, work, why));
    rows.end(tx, work, "parked");
    // They are no work of their own any more: let go, they end with it.
    for (Work older : rows.folded(tx, work.id())) {
      receipts.end(tx, older.messageId(), End.PARKED, behind, stands.keys(), "", List.of());
    }
    receipts.end(
        tx,
        work.messageId(),
        End.PARKED,
        reason,
        stands.keys(),
        settledHow(head(tx, work)),
        List.of());
  }

  /** With what of it stands in the practice, if it was written in part. */
  private String withVisible(Transaction tx, Work work, String reason) {
    if (!HalfWritten.is(tx, work)) {
      return reason;
    }
    String visible = planner.visible(head(tx, work));
    return visible.isEmpty() ? reason : reason + "; " + visible;
  }

  private static String lease(String practice) {
    return "lane:" + practice;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
