package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Purpose;
import pontic.practice.WatchTable;

/**
 * Makes a practice's subscriptions those that are wanted (open-dental-api.md 1.11, 2.32): what is
 * missing is made, what is otherwise is changed, what is ours and not wanted goes. Ours is what
 * sends to an address of ours; all else stands as it is.
 */
final class SubscriptionPlan {
  private static final String LIST = "subscriptions.get";

  /** By which a subscription never ends. */
  private static final String NEVER = "0001-01-01 00:00:00";

  private final String lastDocumented;

  /**
   * @param lastDocumented the documentation ends below this version
   */
  SubscriptionPlan(String lastDocumented) {
    this.lastDocumented = lastDocumented;
  }

  /** The capability table's part: what may be subscribed here, or why not. */
  void write(ObjectNode capabilities, HintTerms wanted, Version version, Set<String> granted) {
    ObjectNode hints = capabilities.putObject("hints");
    new TreeMap<>(wanted.tables())
        .forEach(
            (table, unread) -> {
              String reason = unread.isEmpty() ? reason(table, version, granted) : unread;
              hints.putObject(table).put("on", reason.isEmpty()).put("reason", reason);
            });
    // Which permission a DELETE needs is not documented; it falls under the rest (1.10).
    String without = general(version, granted, "ApiAllOthers");
    capabilities.putObject("hintsDelete").put("on", without.isEmpty()).put("reason", without);
  }

  private String reason(String table, Version version, Set<String> granted) {
    String since = WatchTable.of(table).orElseThrow().since();
    String general = general(version, granted, "ApiReadAll");
    return general.isEmpty() && !version.atLeast(since)
        ? "needs Open Dental " + since + ", the office has " + version.text()
        : general;
  }

  private String general(Version version, Set<String> granted, String permission) {
    if (!version.known()) {
      return "the office did not tell its version";
    }
    if (version.atLeast(lastDocumented)) {
      return "Open Dental "
          + version.text()
          + " is newer than what Pontic knows (below "
          + lastDocumented
          + ")";
    }
    return granted.contains(permission) ? "" : "the key lacks " + permission;
  }

  Decision next(Head head, HintTerms wanted) {
    List<Asked> pages = head.reads(LIST);
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return new Decision.Ask(Reads.subscriptions(more.get()));
    }
    Map<String, String> failed = new HashMap<>();
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      wanted.tables().keySet().forEach(table -> failed.put(table, unlisted(gap.get())));
      return told(head, wanted, failed, addresses(head, wanted));
    }
    List<JsonNode> ours = ours(head, Reads.rows(pages, "SubscriptionNum"));
    List<ApiRequest> steps = new ArrayList<>();
    List<JsonNode> surplus = new ArrayList<>(ours);
    for (String table : new TreeMap<>(wanted.tables()).keySet()) {
      if (!head.capabilities().path("hints").path(table).path("on").asBoolean()) {
        continue;
      }
      for (String workstation : wanted.workstations()) {
        ObjectNode sent = wish(wanted, table, workstation);
        Optional<JsonNode> stands = surplus.stream().filter(row -> isFor(row, sent)).findFirst();
        stands.ifPresent(surplus::remove);
        Optional<ApiRequest> step =
            stands.map(row -> changed(row, wanted)).orElseGet(() -> Optional.of(made(sent)));
        step.filter(one -> isDone(head, one))
            .ifPresent(one -> failed.put(table, "the API did not do as it was asked"));
        step.filter(one -> !isDone(head, one)).ifPresent(steps::add);
      }
    }
    boolean mayDelete = head.capabilities().path("hintsDelete").path("on").asBoolean();
    for (JsonNode row : surplus) {
      ApiRequest step = gone(row);
      if (mayDelete && !isDone(head, step)) {
        steps.add(step);
      }
    }
    return steps.isEmpty()
        ? told(head, wanted, failed, surplus.isEmpty() ? current(wanted) : addresses(head, wanted))
        : new Decision.Write(steps.get(0), MissingNode.getInstance());
  }

  /** What a look that ended says of each table; the last one, if something of ours is left over. */
  private static Decision told(
      Head head, HintTerms wanted, Map<String, String> failed, Set<String> urls) {
    ObjectNode tables = JsonNodeFactory.instance.objectNode();
    for (String table : new TreeMap<>(wanted.tables()).keySet()) {
      JsonNode capability = head.capabilities().path("hints").path(table);
      String reason = failed.getOrDefault(table, capability.path("reason").asText());
      tables.putObject(table).put("on", reason.isEmpty()).put("reason", reason);
    }
    if (!urls.equals(current(wanted))) {
      String why = head.capabilities().path("hintsDelete").path("reason").asText();
      tables
          .putObject("old subscriptions")
          .put("on", false)
          .put("reason", "still there: " + (why.isEmpty() ? "the API kept them" : why));
    }
    return new Decision.Subscribed(tables, List.copyOf(urls));
  }

  private static String unlisted(String gap) {
    return "the office did not list its subscriptions (" + gap + ")";
  }

  private static Set<String> current(HintTerms wanted) {
    return wanted.url().isEmpty() ? Set.of() : Set.of(wanted.url());
  }

  private static Set<String> addresses(Head head, HintTerms wanted) {
    Set<String> urls = new TreeSet<>(current(wanted));
    head.work().bundle().path("urls").forEach(url -> urls.add(url.asText()));
    return urls;
  }

  private static List<JsonNode> ours(Head head, List<JsonNode> rows) {
    List<String> urls =
        StreamSupport.stream(head.work().bundle().path("urls").spliterator(), false)
            .map(JsonNode::asText)
            .toList();
    return rows.stream()
        .filter(
            row -> urls.stream().anyMatch(url -> row.path("EndPointUrl").asText().startsWith(url)))
        .toList();
  }

  private static ObjectNode wish(HintTerms wanted, String table, String workstation) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("EndPointUrl", wanted.url() + table + "/")
        .put("Workstation", workstation)
        .put("WatchTable", table)
        .put("PollingSeconds", wanted.seconds())
        .put("Note", "Pontic");
  }

  private static boolean isFor(JsonNode row, JsonNode sent) {
    return List.of("Workstation", "WatchTable").stream()
            .allMatch(field -> row.path(field).asText().equalsIgnoreCase(sent.path(field).asText()))
        && slashed(row.path("EndPointUrl")).equals(slashed(sent.path("EndPointUrl")));
  }

  private static String slashed(JsonNode url) {
    return url.asText().replaceFirst("/*$", "/").toLowerCase(Locale.ROOT);
  }

  private static ApiRequest made(ObjectNode sent) {
    return new ApiRequest(
        "subscriptions.post", "POST", "/subscriptions", "/subscriptions", Map.of(), sent);
  }

  private static Optional<ApiRequest> changed(JsonNode row, HintTerms wanted) {
    ObjectNode sent = JsonNodeFactory.instance.objectNode();
    if (row.path("PollingSeconds").asLong() != wanted.seconds()) {
      sent.put("PollingSeconds", wanted.seconds());
    }
    String stop = row.path("DateTimeStop").asText();
    if (!stop.isEmpty() && !stop.startsWith("0001-01-01")) {
      sent.put("DateTimeStop", NEVER);
    }
    return sent.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ApiRequest(
                "subscriptions.put",
                "PUT",
                "/subscriptions/{SubscriptionNum}",
                path(row),
                Map.of(),
                sent));
  }

  private static ApiRequest gone(JsonNode row) {
    return new ApiRequest(
        "subscriptions.delete",
        "DELETE",
        "/subscriptions/{SubscriptionNum}",
        path(row),
        Map.of(),
        JsonNodeFactory.instance.objectNode());
  }

  private static String path(JsonNode row) {
    return "/subscriptions/" + row.path("SubscriptionNum").asLong();
  }

  /** Asked already and answered: to ask again would not end. */
  private static boolean isDone(Head head, ApiRequest step) {
    return head.calls().stream()
        .filter(call -> call.is(Purpose.CALL, CallState.LANDED, CallState.REFUSED))
        .anyMatch(
            call ->
                call.request().method().equals(step.method())
                    && call.request().path().equals(step.path())
                    && call.request().body().equals(step.body()));
  }
}
