package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "capabilities",
    description =
        "Show what each practice is, and each feed and write: on, or off with its reason.")
final class CapabilityTable implements Callable<Integer> {

  @Mixin private final Ask ask;

  CapabilityTable(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.get("/control/capabilities", CapabilityTable::print);
  }

  static void print(JsonNode answer, PrintWriter out) {
    Table offices =
        new Table(
            "PRACTICE",
            "OPEN DENTAL",
            "DATABASE",
            "ITS ZONE",
            "CLINICS",
            "KEYS",
            "ACCOUNT",
            "API",
            "PERMISSIONS");
    Table feeds =
        new Table(
            "PRACTICE",
            "FEED",
            "BY",
            "STATE",
            "FOLLOWS",
            "ON UPDATE",
            "INDEX",
            "PLAN",
            "ENGINE",
            "REASON");
    Table warnings = new Table("PRACTICE", "FEED", "WARNING", "REASON");
    Table writes = new Table("PRACTICE", "WRITE", "STATE", "REASON");
    Table hints = new Table("PRACTICE", "HINTS OF", "STATE", "REASON");
    Table documents = new Table("PRACTICE", "FILES OF DOCUMENTS", "TO", "HOW THEY STAND", "REASON");
    Table unseen = new Table("PRACTICE", "WHAT IS NOT SEEN");
    for (JsonNode practice : answer) {
      String id = practice.path("practice").asText();
      offices.row(cells(id, practice.path("database"), practice.path("api")));
      for (JsonNode feed : practice.path("feeds")) {
        boolean byStamp = feed.path("strategy").asText().equals("stamp");
        feeds.row(
            id,
            feed.path("feed").asText(),
            feed.path("by").asText(),
            state(feed),
            feed.has("table")
                ? feed.path("table").asText() + "." + feed.path("column").asText()
                : "-",
            byStamp ? feed.path("onUpdate").asBoolean() ? "yes" : "NO" : "-",
            feed.path("indexes").isEmpty() ? "-" : feed.path("indexes").path(0).asText(),
            plan(feed.path("plan")),
            feed.path("engine").asText("-"),
            feed.path("reason").asText());
        if (feed.has("warning")) {
          String[] parts = feed.path("warning").asText().split(": ", 2);
          warnings.row(id, feed.path("feed").asText(), parts[0], parts[parts.length - 1]);
        }
      }
      for (JsonNode write : practice.path("writes")) {
        writes.row(id, write.path("write").asText(), state(write), write.path("reason").asText());
      }
      for (JsonNode hint : practice.path("hints")) {
        hints.row(id, hint.path("hint").asText(), state(hint), hint.path("reason").asText());
      }
      documents(id, practice.path("documents"), documents);
      practice.path("cannotSee").forEach(one -> unseen.row(id, one.asText()));
      if (!practice.path("compared").path("on").asBoolean()) {
        unseen.row(id, "not compared: " + practice.path("compared").path("reason").asText());
      }
    }
    offices.print(out);
    feeds.print(out);
    if (answer.findValue("warning") != null) {
      warnings.print(out);
    }
    writes.print(out);
    hints.print(out);
    documents.print(out);
    unseen.print(out);
  }

  private static void documents(String id, JsonNode files, Table table) {
    String reason = files.path("reason").asText();
    if (files.path("files").isEmpty()) {
      table.row(id, state(files), "-", "-", reason);
    }
    for (Map.Entry<String, JsonNode> destination : files.path("files").properties()) {
      StringJoiner states = new StringJoiner(", ");
      destination
          .getValue()
          .properties()
          .forEach(one -> states.add(one.getKey() + " " + one.getValue().asLong()));
      table.row(id, state(files), destination.getKey(), states.toString(), reason);
    }
  }

  private static Object[] cells(String id, JsonNode database, JsonNode api) {
    boolean jumps =
        database.path("randomPrimaryKeys").asBoolean()
            || database.path("autoIncrementIncrement").asLong(1) > 1;
    boolean isKnown = database.has("server");
    boolean mayWrite = !database.path("accountMayWrite").isEmpty();
    StringJoiner permissions = new StringJoiner(" ");
    api.path("permissions").forEach(one -> permissions.add(one.asText()));
    String zone = database.path("zone").asText();
    return new Object[] {
      id,
      isKnown ? database.path("version").asText() : api.path("version").asText(),
      database.path("enabled").asBoolean() ? database.path("server").asText("?") : "off",
      zone.equals("SYSTEM") ? database.path("systemZone").asText() : zone,
      isKnown ? database.path("clinics").asBoolean() ? "yes" : "no" : "-",
      isKnown ? jumps ? "JUMP" : "grow" : "-",
      isKnown ? mayWrite ? "MAY WRITE" : "reads only" : "-",
      api.path("mode").asText() + ", " + api.path("state").asText(),
      permissions.toString()
    };
  }

  private static String plan(JsonNode lines) {
    StringJoiner plan = new StringJoiner("; ");
    lines.forEach(line -> plan.add(line.asText()));
    return lines.isEmpty() ? "-" : plan.toString();
  }

  private static String state(JsonNode one) {
    return one.path("on").asBoolean() ? "on" : "off";
  }
}
