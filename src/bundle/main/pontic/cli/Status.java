package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description = "Show practices, lanes, destinations and routes of the running process.")
final class Status implements Callable<Integer> {

  @Mixin private final Ask ask;

  Status(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.get("/control/status", Status::print);
  }

  static void print(JsonNode answer, PrintWriter out) {
    out.println(
        "instance "
            + answer.path("instance").asText()
            + ", generation "
            + answer.path("generation").asText()
            + ", since "
            + answer.path("startedAt").asText());
    Table practices =
        new Table(
            "PRACTICE",
            "LANE",
            "PAUSED",
            "OPEN",
            "WAITING",
            "SWITCHED OFF",
            "PARKED",
            "LAST OK",
            "HL7 FROM",
            "REASON");
    for (JsonNode practice : answer.path("practices")) {
      JsonNode lane = practice.path("lane");
      practices.row(
          practice.path("practice").asText(),
          lane.path("state").asText(),
          paused(practice),
          practice.path("open").asText(),
          practice.path("waiting").asText(),
          practice.path("switchedOff").asText(),
          practice.path("parked").asText(),
          lane.path("lastOkAt").asText(),
          senders(practice.path("hl7")),
          lane.path("reason").asText());
    }
    practices.print(out);
    Table destinations =
        new Table(
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
    Table feeds =
        new Table(
            "PRACTICE", "FEED", "STATE", "READ", "OF", "CHANGED", "UNCHANGED", "AGE", "REASON");
    for (JsonNode practice : answer.path("practices")) {
      for (JsonNode feed : practice.path("feeds")) {
        boolean isOff = !practice.path("databaseEnabled").asBoolean();
        feeds.row(
            practice.path("practice").asText(),
            feed.path("feed").asText(),
            isOff
                ? "off"
                : paused(practice).contains("reads") ? "paused" : feed.path("state").asText(),
            feed.path("read").asText(),
            feed.path("total").asLong() == 0 ? "-" : feed.path("total").asText(),
            feed.path("changed").asText(),
            feed.path("unchanged").asText(),
            feed.path("ageSeconds").asLong() < 0 ? "-" : feed.path("ageSeconds").asText() + " s",
            isOff ? "the practice's database is switched off" : feed.path("reason").asText());
      }
    }
    feeds.print(out);
    throughTheApi(answer, out);
    Table routes = new Table("ROUTE", "STATUS", "UNDER WAY");
    for (JsonNode route : answer.path("routes")) {
      routes.row(
          route.path("route").asText(),
          route.path("status").asText(),
          route.path("inflight").asText());
    }
    routes.print(out);
  }

  /** Of practices whose database is not read: which lists are, and what they cannot tell. */
  private static void throughTheApi(JsonNode answer, PrintWriter out) {
    Table lists = new Table("PRACTICE", "READ THROUGH THE API", "STATE", "EVERY", "REASON");
    Table unseen = new Table("PRACTICE", "WHAT IS NOT SEEN THAT WAY");
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

  private static String paused(JsonNode practice) {
    StringJoiner paused = new StringJoiner(" ");
    practice.path("paused").forEach(what -> paused.add(what.asText()));
    return paused.toString();
  }

  private static String state(JsonNode destination) {
    String state =
        destination.path("paused").asBoolean() ? "paused" : destination.path("state").asText();
    return destination.path("enabled").asBoolean() ? state : "off";
  }
}
