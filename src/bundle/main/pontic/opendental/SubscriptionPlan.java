package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
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

  Decision next(Head head, HintTerms wanted) {
    List<Asked> pages = head.reads(LIST);
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return new Decision.Ask(Reads.subscriptions(more.get()));
    }
    Map<String, String> reasons = reasons(head, wanted);
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      reasons.replaceAll((table, reason) -> reason.isEmpty() ? unlisted(gap.get()) : reason);
      return told(reasons, addresses(head, wanted));
    }
    List<ApiRequest> steps = new ArrayList<>();
    List<JsonNode> surplus = ours(head, Reads.rows(pages, "SubscriptionNum"));
    for (Map.Entry<String, String> table : reasons.entrySet()) {
      if (!table.getValue().isEmpty()) {
        continue;
      }
      for (String workstation : wanted.workstations()) {
        ObjectNode sent = wish(wanted, table.getKey(), workstation);
        Optional<JsonNode> stands = surplus.stream().filter(row -> isFor(row, sent)).findFirst();
        stands.ifPresent(surplus::remove);
        Optional<ApiRequest> step =
            stands.map(row -> changed(row, wanted)).orElseGet(() -> Optional.of(made(sent)));
        Optional<Asked> before = step.flatMap(one -> made(head, one));
        if (before.isPresent()) {
          table.setValue(failure(before.get()));
        } else {
          step.ifPresent(steps::add);
        }
      }
    }
    if (!surplus.isEmpty()) {
      // Which permission a DELETE needs is not documented; it falls under the rest (1.10).
      String kept = general(head, "ApiAllOthers");
      List<ApiRequest> goes =
          surplus.stream()
              .map(SubscriptionPlan::gone)
              .filter(step -> kept.isEmpty() && made(head, step).isEmpty())
              .toList();
      steps.addAll(goes);
      reasons.put(
          "(old subscriptions)", "still there: " + (kept.isEmpty() ? "the API kept them" : kept));
    }
    return steps.isEmpty()
        ? told(reasons, surplus.isEmpty() ? current(wanted) : addresses(head, wanted))
        : new Decision.Write(steps.get(0), MissingNode.getInstance());
  }

  /** By table, in their order, why it cannot be subscribed; blank if it can. */
  private static Map<String, String> reasons(Head head, HintTerms wanted) {
    Map<String, String> reasons = new TreeMap<>(wanted.tables());
    reasons.replaceAll(
        (table, unread) -> unread.isEmpty() ? reason(head, WatchTable.of(table)) : unread);
    return reasons;
  }

  private static String reason(Head head, Optional<WatchTable> table) {
    Version version = version(head);
    String general = general(head, "ApiReadAll");
    String since = table.orElseThrow().since();
    return general.isEmpty() && !version.atLeast(since)
        ? "needs Open Dental " + since + ", the office has " + version.text()
        : general;
  }

  private static String general(Head head, String permission) {
    Version version = version(head);
    if (!version.known()) {
      return "the office did not tell its version";
    }
    if (version.atLeast(ConnectPlan.LAST_DOCUMENTED)) {
      return "Open Dental "
          + version.text()
          + " is newer than what Pontic knows (below "
          + ConnectPlan.LAST_DOCUMENTED
          + ")";
    }
    for (JsonNode granted : head.capabilities().path("permissions")) {
      if (granted.asText().equals(permission)) {
        return "";
      }
    }
    return "the key lacks " + permission;
  }

  private static Version version(Head head) {
    return new Version(head.capabilities().path("version").asText());
  }

  private static Decision told(Map<String, String> reasons, Set<String> urls) {
    ObjectNode tables = JsonNodeFactory.instance.objectNode();
    reasons.forEach(
        (table, reason) ->
            tables.putObject(table).put("on", reason.isEmpty()).put("reason", reason));
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
    return new ArrayList<>(
        rows.stream()
            .filter(
                row ->
                    urls.stream().anyMatch(url -> row.path("EndPointUrl").asText().startsWith(url)))
            .toList());
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

  /** The same request of this look, with its answer: to ask again would not end. */
  private static Optional<Asked> made(Head head, ApiRequest step) {
    return head.calls().stream()
        .filter(call -> call.is(Purpose.CALL, CallState.LANDED, CallState.REFUSED))
        .filter(
            call ->
                call.request().method().equals(step.method())
                    && call.request().path().equals(step.path())
                    // Read back, a number is another kind of node.
                    && call.request().body().toString().equals(step.body().toString()))
        .findFirst();
  }

  private static String failure(Asked call) {
    return call.state() == CallState.REFUSED
        ? "the API refused it (HTTP " + call.status() + ")"
        : "the API took it and does not show it";
  }
}
