package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description =
        "One line per practice and destination: connected, what waits, what is parked, since when it is late, who paused it.")
final class Status implements Callable<Integer> {
  private static final long WATCH_SECONDS = 2;

  @Mixin private final Ask ask;

  @Option(names = "--details", description = "Also lanes, feeds and routes, each by itself.")
  private boolean details;

  @Option(names = "--watch", description = "Anew every 2 seconds, until Ctrl-C.")
  private boolean watch;

  Status(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    int code = ask.get("/control/status", this::print);
    while (watch && pause()) {
      code = ask.get("/control/status", this::print);
    }
    return code;
  }

  /** False if somebody wants it to end. */
  private static boolean pause() {
    try {
      TimeUnit.SECONDS.sleep(WATCH_SECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void print(JsonNode answer, PrintWriter out) {
    out.println(
        "instance "
            + answer.path("instance").asText()
            + ", generation "
            + answer.path("generation").asText()
            + ", since "
            + answer.path("startedAt").asText());
    Instant now =
        time(answer.path("now")).isAfter(Instant.EPOCH) ? time(answer.path("now")) : Instant.now();
    practices(answer, now, out);
    unmapped(answer, out);
    destinations(answer, now, out);
    if (details) {
      lanes(answer, out);
      sends(answer, out);
      feeds(answer, out);
      throughTheApi(answer, out);
    }
    routes(answer, out);
  }

  private void practices(JsonNode answer, Instant now, PrintWriter out) {
    Table table =
        ask.table(
            "PRACTICE",
            "CONNECTED",
            "VERSION",
            "LAST CHANGE",
            "WAITING",
            "PARKED",
            "OLDEST",
            "LATE",
            "PAUSED",
            "REASON");
    for (JsonNode practice : answer.path("practices")) {
      JsonNode lane = practice.path("lane");
      boolean ready = lane.path("state").asText().equals("ready");
      boolean off =
          !practice.path("apiEnabled").asBoolean() && !practice.path("databaseEnabled").asBoolean();
      table.row(
          practice.path("practice").asText(),
          off
              ? Table.calm("off")
              : ready ? Table.good("yes") : Table.bad(lane.path("state").asText()),
          or(practice.path("version").asText()),
          age(practice.path("lastChangeAt"), now),
          practice.path("open").asText("0"),
          alarming(practice.path("parked").asLong()),
          age(practice.path("oldestOpenAt"), now),
          late(practice, now),
          paused(practice),
          reasons(
              practice.path("lateReason").asText(),
              ready ? offFeeds(practice) : lane.path("reason").asText()));
    }
    table.print(out);
  }

  /** Nothing where each code has its entry. */
  private static void unmapped(JsonNode answer, PrintWriter out) {
    StringJoiner which = new StringJoiner(", ");
    for (JsonNode practice : answer.path("practices")) {
      long codes = practice.path("unmapped").asLong();
      if (codes > 0) {
        which.add(practice.path("practice").asText() + " " + codes);
      }
    }
    if (which.length() > 0) {
      out.println("codes without a map: " + which + "; see ./pontic unmapped");
    }
  }

  /** Why what of a practice is not read. */
  private static String offFeeds(JsonNode practice) {
    StringJoiner off = new StringJoiner(", ");
    String reason = "";
    if (practice.path("databaseEnabled").asBoolean()) {
      for (JsonNode feed : practice.path("feeds")) {
        if (feed.path("state").asText().equals("off")) {
          off.add(feed.path("feed").asText());
          reason = feed.path("reason").asText();
        }
      }
    }
    return off.length() == 0 ? "" : off + " off: " + reason;
  }

  private void destinations(JsonNode answer, Instant now, PrintWriter out) {
    Table table =
        ask.table(
            "DESTINATION",
            "PRACTICE",
            "CONNECTED",
            "LAST SENT",
            "WAITING",
            "PARKED",
            "OLDEST",
            "ANSWERS",
            "LATE",
            "PAUSED",
            "REASON");
    for (JsonNode one : answer.path("destinations")) {
      boolean works = one.path("state").asText().equals("works");
      table.row(
          one.path("destination").asText(),
          one.path("practice").asText(),
          !one.path("enabled").asBoolean()
              ? Table.calm("off")
              : works ? Table.good("yes") : Table.bad("no, " + age(one.path("failingSince"), now)),
          age(one.path("lastDeliveredAt"), now),
          one.path("due").asText("0"),
          alarming(one.path("parked").asLong()),
          age(one.path("oldestDueAt"), now),
          answers(one),
          late(one, now),
          paused(one),
          reasons(one.path("reason").asText(), one.path("lateReason").asText()));
    }
    table.print(out);
  }

  /** To senders that want to know how their messages ended. */
  private static Object answers(JsonNode destination) {
    long owed = destination.path("answersOwed").asLong();
    long givenUp = destination.path("answersGivenUp").asLong();
    if (givenUp > 0) {
      return Table.warns((owed > 0 ? owed + " owed, " : "") + givenUp + " given up");
    }
    return owed > 0 ? owed + " owed" : "-";
  }

  /** Since when what was agreed about freshness is missed. */
  private static Object late(JsonNode its, Instant now) {
    String age = age(its.path("lateSince"), now);
    return age.equals("-") ? age : Table.bad(age);
  }

  private static String reasons(String first, String other) {
    return first.isBlank() || other.isBlank() ? first + other : first + "; " + other;
  }

  private static Object alarming(long count) {
    return count == 0 ? "0" : Table.warns("" + count);
  }

  private static Object paused(JsonNode its) {
    StringJoiner paused = new StringJoiner(", ");
    for (JsonNode pause : its.path("pausedBy")) {
      String by = pause.path("by").asText();
      String since = pause.path("since").asText();
      paused.add(
          pause.path("what").asText()
              + (by.isEmpty() ? "" : " by " + by)
              + (since.isEmpty()
                  ? ""
                  : " " + time(pause.path("since")).truncatedTo(ChronoUnit.MINUTES)));
    }
    return paused.length() == 0 ? "-" : Table.warns(paused.toString());
  }

  private static String age(JsonNode at, Instant now) {
    Instant then = time(at);
    if (then.equals(Instant.EPOCH)) {
      return "-";
    }
    Duration age = Duration.between(then, now);
    return age.toSeconds() < 120
        ? Math.max(0, age.toSeconds()) + " s"
        : age.toMinutes() < 120
            ? age.toMinutes() + " min"
            : age.toHours() < 48 ? age.toHours() + " h" : age.toDays() + " d";
  }

  private static Instant time(JsonNode text) {
    return text.asText().isEmpty() ? Instant.EPOCH : Instant.parse(text.asText());
  }

  private static String or(String text) {
    return text.isBlank() ? "-" : text;
  }

  private void lanes(JsonNode answer, PrintWriter out) {
    Table practices =
        ask.table(
            "PRACTICE",
            "LANE",
            "OPEN",
            "UNDERSTOOD",
            "SWITCHED OFF",
            "LAST OK",
            "HL7 FROM",
            "REASON");
    for (JsonNode practice : answer.path("practices")) {
      JsonNode lane = practice.path("lane");
      practices.row(
          practice.path("practice").asText(),
          lane.path("state").asText(),
          practice.path("open").asText(),
          practice.path("waiting").asText(),
          practice.path("switchedOff").asText(),
          lane.path("lastOkAt").asText(),
          senders(practice.path("hl7")),
          lane.path("reason").asText());
    }
    practices.print(out);
  }

  private void sends(JsonNode answer, PrintWriter out) {
    Table destinations =
        ask.table(
            "DESTINATION",
            "PRACTICE",
            "STATE",
            "DUE",
            "UNKNOWN",
            "PARKED",
            "BEHIND",
            "WITHHELD",
            "DELIVERED",
            "FIRST LOAD",
            "FAILS SINCE",
            "REASON");
    for (JsonNode one : answer.path("destinations")) {
      destinations.row(
          one.path("destination").asText(),
          one.path("practice").asText(),
          state(one),
          one.path("due").asText(),
          one.path("unknown").asText(),
          one.path("parked").asText(),
          one.path("behindParked").asText(),
          one.path("withheld").asText(),
          one.path("delivered").asText(),
          one.path("firstLoad").asText(),
          one.path("failingSince").asText(),
          one.path("reason").asText());
    }
    destinations.print(out);
  }

  private void feeds(JsonNode answer, PrintWriter out) {
    Table feeds =
        ask.table(
            "PRACTICE", "FEED", "STATE", "READ", "OF", "CHANGED", "UNCHANGED", "AGE", "REASON");
    for (JsonNode practice : answer.path("practices")) {
      for (JsonNode feed : practice.path("feeds")) {
        boolean isOff = !practice.path("databaseEnabled").asBoolean();
        feeds.row(
            practice.path("practice").asText(),
            feed.path("feed").asText(),
            isOff
                ? "off"
                : practice.path("paused").toString().contains("reads")
                    ? "paused"
                    : feed.path("state").asText(),
            feed.path("read").asText(),
            feed.path("total").asLong() == 0 ? "-" : feed.path("total").asText(),
            feed.path("changed").asText(),
            feed.path("unchanged").asText(),
            feed.path("ageSeconds").asLong() < 0 ? "-" : feed.path("ageSeconds").asText() + " s",
            isOff ? "the practice's database is switched off" : feed.path("reason").asText());
      }
    }
    feeds.print(out);
  }

  /** Without details only what does not run. */
  private void routes(JsonNode answer, PrintWriter out) {
    Table routes = ask.table("ROUTE", "STATUS", "UNDER WAY");
    boolean isAny = false;
    for (JsonNode route : answer.path("routes")) {
      boolean runs = route.path("status").asText().equals("Started");
      if (details || !runs) {
        isAny = true;
        routes.row(
            route.path("route").asText(),
            runs ? "Started" : Table.bad(route.path("status").asText()),
            route.path("inflight").asText());
      }
    }
    if (isAny) {
      routes.print(out);
    }
  }

  /** Of practices whose database is not read: which lists are, and what they cannot tell. */
  private void throughTheApi(JsonNode answer, PrintWriter out) {
    Table lists = ask.table("PRACTICE", "READ THROUGH THE API", "STATE", "EVERY", "REASON");
    Table unseen = ask.table("PRACTICE", "WHAT IS NOT SEEN THAT WAY");
    boolean isAny = false;
    for (JsonNode practice : answer.path("practices")) {
      String id = practice.path("practice").asText();
      JsonNode capabilities = practice.path("lane").path("capabilities");
      for (Map.Entry<String, JsonNode> list : capabilities.path("capture").properties()) {
        isAny = true;
        JsonNode terms = list.getValue();
        lists.row(
            id,
            list.getKey(),
            terms.path("on").asBoolean() ? "on" : "off",
            terms.path("everyMillis").asText() + " ms",
            terms.path("reason").asText());
      }
      capabilities.path("captureCannotSee").forEach(one -> unseen.row(id, one.asText()));
    }
    if (isAny) {
      lists.print(out);
      unseen.print(out);
    }
  }

  /** Who may send HL7 v2, and whether the wire is open to read. */
  private static String senders(JsonNode hl7) {
    String wire =
        hl7.path("clientCertificate").asBoolean()
            ? "TLS with certificate"
            : hl7.path("tls").asBoolean() ? "TLS" : "plain";
    return hl7.path("senders").asText() + " (" + wire + ")";
  }

  private static String state(JsonNode destination) {
    String state =
        destination.path("paused").asBoolean() ? "paused" : destination.path("state").asText();
    return destination.path("enabled").asBoolean() ? state : "off";
  }
}
