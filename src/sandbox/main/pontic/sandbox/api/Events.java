package pontic.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.sandbox.api.Subscriptions.Subscription;

/**
 * The programs that run on an office's workstations and tell of changes (open-dental-api.md 1.11):
 * each looks at the tables of its subscriptions by itself, so several tell the same. None runs
 * until somebody starts it.
 */
public final class Events implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final Duration LOOP = Duration.ofSeconds(1);
  private static final Duration LONGEST_CALL = Duration.ofSeconds(10);
  private static final int MOST_ROWS = 1000;
  private static final int REMEMBERED_DAYS = 3;
  private static final Version WORKSTATION_SINCE = Version.of("22.4.28");
  private static final Version EVENT_TYPE_SINCE = Version.of("22.4.35");
  private static final List<String> HISTORY =
      List.of("HistApptNum", "HistUserNum", "HistDateTStamp", "HistApptAction", "ApptSource");

  private static final Map<String, Watched> WATCHED =
      Map.of(
          "Appointment", new Watched("appointment", "AptNum", "DateTStamp", ""),
          "AppointmentDeleted",
              new Watched("histappointment", "HistApptNum", "DateTStamp", "HistApptAction = 4 and"),
          "Operatory", new Watched("operatory", "OperatoryNum", "DateTStamp", ""),
          "PatField", new Watched("patfield", "PatFieldNum", "SecDateTEdit", ""),
          "Patient", new Watched("patient", "PatNum", "DateTStamp", ""),
          "Provider", new Watched("provider", "ProvNum", "DateTStamp", ""),
          "Schedule", new Watched("schedule", "ScheduleNum", "DateTStamp", ""),
          "ToothInitial", new Watched("toothinitial", "ToothInitialNum", "SecDateTEdit", ""));

  /**
   * A program of a workstation.
   *
   * @param service OpenDentalAPIService.exe, which tells of nothing that a user does; else
   *     OpenDental.exe
   */
  public record Program(String workstation, boolean service) {}

  /**
   * An event that was sent.
   *
   * @param type as in the header: {@code WatchTable: Patient}
   * @param status of the answer; 0: there was none
   */
  public record Sent(String practice, String workstation, String type, int rows, int status) {}

  /** The rows behind a type of events. */
  private record Watched(String table, String key, String stamp, String only) {
    String sql() {
      return "select %1$s as k from %2$s where %4$s %3$s >= from_unixtime(?) and %3$s < from_unixtime(?) order by %3$s, %1$s"
          .formatted(key, table, stamp, only);
    }
  }

  /** Where one program stands with one subscription. */
  private record Place(Program program, long subscription) {}

  private record Stand(LocalDateTime start, long nextNanos, boolean failed) {}

  private final Map<String, Office> offices;
  private final double timeScale;
  private final Map<String, List<Program>> running = new ConcurrentHashMap<>();
  private final Map<String, Map<Place, Stand>> stands = new HashMap<>();
  private final List<Sent> sent = new CopyOnWriteArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(LONGEST_CALL)
          .build();
  private final ScheduledExecutorService loop =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "sandbox-events");
            thread.setDaemon(true);
            return thread;
          });

  Events(Map<String, Office> offices, double timeScale) {
    this.offices = offices;
    this.timeScale = timeScale;
    long millis = Math.max(20, (long) (LOOP.toMillis() * timeScale));
    loop.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** From now on these run at the practice, and no others; each begins where it was started. */
  public void run(String practice, Collection<Program> programs) {
    running.put(practice, List.copyOf(programs));
  }

  public List<Program> running(String practice) {
    return running.getOrDefault(practice, List.of());
  }

  /** All that were sent, oldest first. */
  public List<Sent> sent(String practice) {
    return sent.stream().filter(one -> one.practice().equals(practice)).toList();
  }

  /** A user of the workstation selects a patient. */
  public void select(String practice, String workstation, long patNum) {
    Office office = offices.get(practice);
    for (Program program : running(practice)) {
      if (program.service() || !program.workstation().equalsIgnoreCase(workstation)) {
        continue;
      }
      for (Subscription one : office.subscriptions().list()) {
        if (one.uiEvent().equals("PatientSelected") && isOn(one, program)) {
          try {
            Context context = context(office, patNum);
            Optional<ObjectNode> row = row(context, "Patient");
            if (row.isPresent()) {
              send(context, one, program, "UiEventType: PatientSelected", row.get(), 1);
            }
          } catch (SQLException | Refusal e) {
            throw new IllegalStateException("the patient cannot be told", e);
          }
        }
      }
    }
  }

  private static boolean isOn(Subscription one, Program program) {
    return one.workstation().isEmpty() || one.workstation().equalsIgnoreCase(program.workstation());
  }

  private void look() {
    for (Office office : offices.values()) {
      for (Program program : running(office.id())) {
        for (Subscription one : office.subscriptions().list()) {
          if (!one.watchTable().isEmpty() && isOn(one, program)) {
            try {
              look(office, program, one);
            } catch (SQLException | Refusal | RuntimeException e) {
              LOG.warn(
                  "Sandbox events: {} of {} could not be looked at ({})",
                  one.watchTable(),
                  office.id(),
                  e.getClass().getSimpleName());
            }
          }
        }
      }
    }
  }

  private void look(Office office, Program program, Subscription one) throws SQLException, Refusal {
    Map<Place, Stand> places = stands.computeIfAbsent(office.id(), id -> new HashMap<>());
    Place place = new Place(program, one.number());
    Stand stand = places.getOrDefault(place, new Stand(one.start(), System.nanoTime(), false));
    Context context = context(office, 0);
    LocalDateTime now = context.localNow().truncatedTo(ChronoUnit.SECONDS);
    if (!one.isLive(now) || System.nanoTime() < stand.nextNanos()) {
      places.put(place, stand);
      return;
    }
    LocalDateTime remembered = now.minusDays(REMEMBERED_DAYS);
    LocalDateTime from =
        stand.failed() && stand.start().isBefore(remembered) ? remembered : stand.start();
    boolean told = tell(context, program, one, from, now);
    long next =
        System.nanoTime() + (long) (Duration.ofSeconds(one.seconds()).toNanos() * timeScale);
    places.put(place, new Stand(told ? now : stand.start(), next, !told));
    if (told) {
      office.subscriptions().started(one.number(), now);
    }
  }

  private boolean tell(
      Context context, Program program, Subscription one, LocalDateTime from, LocalDateTime now)
      throws SQLException, Refusal {
    List<Long> keys = keys(context, one.watchTable(), from, now);
    for (int first = 0; first < keys.size(); first += MOST_ROWS) {
      ArrayNode rows = JsonNodeFactory.instance.arrayNode();
      for (long key : keys.subList(first, Math.min(keys.size(), first + MOST_ROWS))) {
        row(context(context.office(), key), one.watchTable()).ifPresent(rows::add);
      }
      if (!rows.isEmpty()
          && !send(context, one, program, "WatchTable: " + one.watchTable(), rows, rows.size())) {
        return false;
      }
    }
    return true;
  }

  private static List<Long> keys(
      Context context, String type, LocalDateTime from, LocalDateTime now) throws SQLException {
    Watched watched = WATCHED.get(type);
    if (!context.database().has(watched.table())) {
      return List.of();
    }
    long since = from.atZone(context.office().zone()).toEpochSecond();
    long until = now.atZone(context.office().zone()).toEpochSecond();
    return context.database().query(watched.sql(), Math.max(0, since), until).stream()
        .map(row -> row.number("k"))
        .toList();
  }

  /** As a GET would show it, without the server's time; empty if no GET does. */
  private static Optional<ObjectNode> row(Context context, String table) throws SQLException {
    try {
      Answer answer =
          switch (table) {
            case "Appointment" -> new Appointments().single(context);
            case "AppointmentDeleted" -> new Appointments().historySingle(context);
            case "Operatory" -> new OfficeData().operatory(context);
            case "Patient" -> new Patients().single(context);
            case "Provider" -> new OfficeData().provider(context);
            case "Schedule" -> list("/schedules").one(context);
            default -> list("/toothinitials").one(context);
          };
      ObjectNode row = answer.body().map(ObjectNode.class::cast).orElseThrow();
      row.remove("serverDateTime");
      if (table.equals("AppointmentDeleted")
          && context.settings().events().deletedAsAppointment()) {
        row.remove(HISTORY);
      }
      return Optional.of(row);
    } catch (Refusal gone) {
      return Optional.empty();
    }
  }

  private static TableList list(String path) {
    return TableList.all().stream()
        .filter(each -> each.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  private static Context context(Office office, long key) throws SQLException, Refusal {
    return Context.of(office, key, Map.of(), MissingNode.getInstance());
  }

  /** True if it counts as delivered. */
  private boolean send(
      Context context, Subscription one, Program program, String type, JsonNode body, int rows) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(one.url()))
            .timeout(LONGEST_CALL)
            .header("Authorization", context.office().customerKey())
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    if (context.version().atLeast(WORKSTATION_SINCE)) {
      request.header("Workstation", program.workstation());
    }
    if (context.version().atLeast(EVENT_TYPE_SINCE)) {
      request.header("Event-Type", type);
    }
    int status = 0;
    try {
      status = client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      LOG.info("Sandbox events: nobody takes an event of {}", context.office().id());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sent.add(new Sent(context.office().id(), program.workstation(), type, rows, status));
    return context.settings().events().anyAnswerCounts() ? status != 0 : status / 100 == 2;
  }

  @Override
  public void close() {
    loop.shutdownNow();
  }
}
