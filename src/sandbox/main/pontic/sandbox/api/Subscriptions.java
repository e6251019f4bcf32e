package pontic.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * /subscriptions of one practice (open-dental-api.md 1.11, 2.32). Kept in memory: the desk has
 * nothing to do with them.
 */
final class Subscriptions {
  static final LocalDateTime NEVER = LocalDateTime.of(1, 1, 1, 0, 0);

  /** Of the table watched, the version that first watches it. */
  static final Map<String, Version> TABLES =
      Map.of(
          "Appointment", Version.of("22.1"),
          "AppointmentDeleted", Version.of("22.4.35"),
          "Operatory", Version.of("24.2.11"),
          "PatField", Version.of("22.4.8"),
          "Patient", Version.of("22.1"),
          "Provider", Version.of("24.2.11"),
          "Schedule", Version.of("24.2.11"),
          "ToothInitial", Version.of("24.4.30"));

  private static final Set<String> UI_EVENTS = Set.of("PatientSelected");

  private final Map<Long, Subscription> all = new TreeMap<>();
  private long last;

  /**
   * One subscription.
   *
   * @param watchTable blank for an event of the user interface
   * @param start by the office's wall clock, as stop is
   */
  record Subscription(
      long number,
      String url,
      String workstation,
      String watchTable,
      long seconds,
      String uiEvent,
      LocalDateTime start,
      LocalDateTime stop,
      String note) {
    boolean isLive(LocalDateTime now) {
      return stop.equals(NEVER) || stop.isAfter(now);
    }

    boolean isLike(Subscription other) {
      return url.equals(other.url)
          && workstation.equalsIgnoreCase(other.workstation)
          && watchTable.equals(other.watchTable)
          && uiEvent.equals(other.uiEvent);
    }

    Subscription startingAt(LocalDateTime at) {
      return new Subscription(
          number, url, workstation, watchTable, seconds, uiEvent, at, stop, note);
    }

    ObjectNode json(Context context) {
      return new JsonRow(context.formats())
          .number("SubscriptionNum", number)
          .text("EndPointUrl", url)
          .text("Workstation", workstation)
          .text("CustomerKey", context.office().customerKey())
          .text("WatchTable", watchTable)
          .number("PollingSeconds", seconds)
          .text("UiEventType", uiEvent)
          .dateTime("DateTimeStart", Formats.DATE_TIME.format(start))
          .dateTime("DateTimeStop", Formats.DATE_TIME.format(stop))
          .text("Note", note)
          .json();
    }
  }

  synchronized List<Subscription> list() {
    return List.copyOf(all.values());
  }

  synchronized void started(long number, LocalDateTime at) {
    all.computeIfPresent(number, (key, before) -> before.startingAt(at));
  }

  static Answer multiple(Context context) throws Refusal {
    Fields asked = context.parameters();
    int most = Permissions.page(context.settings().mode(), context.settings().permissions());
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    context.office().subscriptions().list().stream()
        .skip(asked.number("Offset").orElse(0L))
        .limit(Math.min(asked.number("Limit").orElse((long) most), most))
        .forEach(one -> rows.add(one.json(context)));
    return Answer.ok(rows);
  }

  static Answer create(Context context) throws Refusal {
    return context.office().subscriptions().made(context);
  }

  static Answer change(Context context) throws Refusal {
    return context.office().subscriptions().changed(context);
  }

  static Answer delete(Context context) throws Refusal {
    return context.office().subscriptions().deleted(context);
  }

  private synchronized Answer made(Context context) throws Refusal {
    Fields given =
        context.fields(
            "EndPointUrl",
            "Workstation",
            "WatchTable",
            "PollingSeconds",
            "UiEventType",
            "DateTimeStart",
            "DateTimeStop",
            "Note");
    String table = given.text("WatchTable").orElse("");
    String event = given.text("UiEventType").orElse("");
    if (table.isEmpty() == event.isEmpty()) {
      throw Refusal.invalid("Either WatchTable or UiEventType is required.");
    }
    if (!event.isEmpty() && !UI_EVENTS.contains(event)) {
      throw Refusal.invalid("UiEventType is invalid.");
    }
    if (!table.isEmpty()
        && !Optional.ofNullable(TABLES.get(table)).map(context.version()::atLeast).orElse(false)) {
      throw Refusal.invalid("WatchTable is invalid.");
    }
    long seconds = seconds(context, given, !table.isEmpty()).orElse(0L);
    Subscription made =
        new Subscription(
            last + 1,
            given.required("EndPointUrl"),
            given.text("Workstation").orElse(""),
            table,
            seconds,
            event,
            given.dateTime("DateTimeStart").orElse(now(context)),
            given.dateTime("DateTimeStop").orElse(NEVER),
            given.text("Note").orElse(""));
    Optional<Subscription> existing =
        all.values().stream()
            .filter(one -> one.isLive(now(context)) && one.isLike(made))
            .findFirst();
    if (existing.isPresent() && !context.settings().events().existingTaken()) {
      throw Refusal.invalid("Subscription already exists.");
    }
    Subscription stands = existing.orElse(made);
    last = Math.max(last, stands.number());
    all.put(stands.number(), stands);
    return Answer.created(stands.json(context), "/subscriptions/" + stands.number());
  }

  private synchronized Answer changed(Context context) throws Refusal {
    Subscription before = found(context);
    Fields given =
        context.fields(
            "EndPointUrl",
            "Workstation",
            "PollingSeconds",
            "DateTimeStart",
            "DateTimeStop",
            "Note");
    Subscription after =
        new Subscription(
            before.number(),
            given.text("EndPointUrl").orElse(before.url()),
            given.text("Workstation").orElse(before.workstation()),
            before.watchTable(),
            seconds(context, given, false).orElse(before.seconds()),
            before.uiEvent(),
            given.dateTime("DateTimeStart").orElse(before.start()),
            given.dateTime("DateTimeStop").orElse(before.stop()),
            given.text("Note").orElse(before.note()));
    all.put(after.number(), after);
    return Answer.ok(after.json(context));
  }

  private synchronized Answer deleted(Context context) throws Refusal {
    all.remove(found(context).number());
    return Answer.done();
  }

  private Subscription found(Context context) throws Refusal {
    return Optional.ofNullable(all.get(context.key()))
        .orElseThrow(() -> Refusal.notFound("Subscription not found"));
  }

  private static Optional<Long> seconds(Context context, Fields given, boolean needed)
      throws Refusal {
    Optional<Long> seconds = given.number("PollingSeconds");
    if (needed && seconds.isEmpty()) {
      throw Refusal.invalid("PollingSeconds is required");
    }
    if (seconds.isPresent() && seconds.get() < context.settings().events().leastSeconds()) {
      throw Refusal.invalid("PollingSeconds is invalid.");
    }
    return seconds;
  }

  private static LocalDateTime now(Context context) {
    return context.localNow().truncatedTo(ChronoUnit.SECONDS);
  }
}
