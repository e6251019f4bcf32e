package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import pontic.capture.ApiFeed;
import pontic.lane.Asked;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.mapping.WriteTerms;
import pontic.mapping.Writes;

/**
 * Asks a practice what it is and what the key may do, and switches off, with a reason, what is not
 * understood.
 */
final class ConnectPlan {
  /** securitylogs exist from here on (open-dental-api.md 2.34). */
  private static final String SECURITYLOGS_SINCE = "23.1.33";

  /** histappointments exist from here on (open-dental-api.md 2.36). */
  private static final String HISTAPPOINTMENTS_SINCE = "23.1.30";

  /**
   * The documentation that this was built on ends below this version (open-dental-api.md, basis).
   */
  static final String LAST_DOCUMENTED = "25.4";

  /** Of appointments, what a message ends without where the practice has it not. */
  private static final Set<String> DONE_WITHOUT =
      Set.of("appointments.confirm", "appointments.planned", "appointments.schedule");

  private final Function<String, List<ApiFeed>> feeds;
  private final Writes table;

  /**
   * @param table every write that Pontic makes
   * @param feeds by practice, the lists of its API that are read for changes; none where its
   *     database is
   */
  ConnectPlan(Writes table, Function<String, List<ApiFeed>> feeds) {
    this.table = table;
    this.feeds = feeds;
  }

  Decision next(Head head, OfficeTerms office) {
    List<Asked> permissions = head.reads("securityperms.get");
    if (permissions.isEmpty()) {
      return new Decision.Ask(Reads.permissions());
    }
    List<Asked> version = head.reads("preferences.get");
    if (version.isEmpty()) {
      return new Decision.Ask(Reads.programVersion());
    }
    Set<String> granted = granted(permissions.get(0));
    if (granted.isEmpty() || version.get(0).answer().isEmpty()) {
      return new Decision.Hold(
          "the office did not say which version it has and what the key may do; asked again",
          List.of());
    }
    return connected(granted, programVersion(version.get(0)), office);
  }

  private Decision connected(Set<String> granted, Version version, OfficeTerms office) {
    ObjectNode capabilities = JsonNodeFactory.instance.objectNode();
    Duration period = period(granted, office);
    capabilities.put("version", version.text());
    capabilities.put("mode", office.mode());
    capabilities.put("periodMillis", period.toMillis());
    granted.forEach(capabilities.putArray("permissions")::add);
    ObjectNode writes = capabilities.putObject("writes");
    List<String> on = new ArrayList<>();
    for (WriteTerms write : table.all()) {
      String chosen = chosen(write, office);
      String tooOld =
          version.known() && !version.atLeast(write.since())
              ? "needs Open Dental " + write.since() + ", the office has " + version.text()
              : "";
      String reason = chosen.isEmpty() ? tooOld : chosen;
      // Nothing waits for what is not going to come: it is left out and said so.
      boolean isLeft =
          !reason.isEmpty()
              && (table.kindOf(write.name()).isPresent() || DONE_WITHOUT.contains(write.name()));
      if (reason.isEmpty()) {
        reason = reason(write, version, granted);
      }
      ObjectNode capability = writes.putObject(write.name());
      capability.put("on", reason.isEmpty()).put("reason", reason);
      if (!chosen.isEmpty()) {
        // Who reads what is offered has to tell a choice from what may change any day.
        capability.put("chosen", true);
      }
      if (isLeft) {
        capability.put("left", true);
      }
      if (reason.isEmpty() || isLeft) {
        on.add(write.name());
      }
    }
    ObjectNode reads = capabilities.putObject("reads");
    since(reads, "securitylogs", version, SECURITYLOGS_SINCE);
    since(reads, "histappointments", version, HISTAPPOINTMENTS_SINCE);
    CaptureTable.write(
        capabilities, feeds.apply(office.practice()), version, granted, period, office);
    return new Decision.Connected(capabilities, on);
  }

  /** Why the practice wants none of it; blank if it does. */
  private static String chosen(WriteTerms write, OfficeTerms office) {
    if (office.writesOff().contains(write.name())) {
      return "the practice has switched it off (writes.off)";
    }
    return write.offByDefault() && !office.writesOn().contains(write.name())
        ? "off unless the practice switches it on (writes.on)"
        : "";
  }

  /** What keeps it from being made for now; blank if nothing does. */
  private static String reason(WriteTerms write, Version version, Set<String> granted) {
    if (!version.known()) {
      return "the office did not tell its version";
    }
    if (version.atLeast(LAST_DOCUMENTED)) {
      return "Open Dental "
          + version.text()
          + " is newer than what Pontic knows (below "
          + LAST_DOCUMENTED
          + ")";
    }
    return granted.contains(write.permission()) ? "" : "the key lacks " + write.permission();
  }

  private static void since(ObjectNode reads, String name, Version version, String since) {
    boolean on = version.known() && version.atLeast(since);
    reads.putObject(name).put("on", on).put("reason", on ? "" : "needs Open Dental " + since);
  }

  /**
   * open-dental-api.md 1.6: 5 s for a key that may only read, 0.5 s for Enterprise, 1 s else; none
   * in the office.
   */
  private static Duration period(Set<String> granted, OfficeTerms office) {
    if (!office.mode().equals("remote")) {
      return Duration.ZERO;
    }
    if (granted.contains("ApiEnterprise")) {
      return office.scaled(Duration.ofMillis(500));
    }
    boolean readsOnly = granted.stream().allMatch(permission -> permission.equals("ApiReadAll"));
    return office.scaled(readsOnly ? Duration.ofSeconds(5) : Duration.ofSeconds(1));
  }

  private static Set<String> granted(Asked read) {
    Set<String> granted = new TreeSet<>();
    for (JsonNode permission : read.answer()) {
      if (permission.path("HasPermission").asText().equalsIgnoreCase("true")) {
        granted.add(permission.path("Permission").asText());
      }
    }
    return granted;
  }

  private static Version programVersion(Asked read) {
    for (JsonNode preference : read.answer()) {
      if (preference.path("PrefName").asText().equals("ProgramVersion")) {
        return new Version(preference.path("ValueString").asText());
      }
    }
    return new Version("");
  }
}
