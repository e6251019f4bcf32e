package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Head;
import pontic.lane.Purpose;
import pontic.mapping.RowKind;

/**
 * Which parts of a row stand as this work left them; what is otherwise is the office's, and not to
 * be written over or deleted (decision 0439).
 *
 * @param kind of the parts
 * @param writes of parts that landed, oldest first
 * @param first what stood there when the parts were read for the first time after the row was made
 */
record OwnParts(RowKind kind, List<Asked> writes, List<JsonNode> first) {

  /**
   * @param key of the row
   * @param parts that make it whole
   * @param post the request that made it; empty if it is another message's
   */
  static OwnParts of(
      RowKind kind,
      Head head,
      long key,
      Iterable<JsonNode> parts,
      Optional<Asked> post,
      List<Asked> writes) {
    int made = post.map(Asked::ordinal).orElse(-1);
    Optional<List<Asked>> pages =
        lists(kind, key, head).stream()
            .filter(list -> list.get(0).ordinal() > made)
            .filter(
                list -> {
                  ChartReads reads = new ChartReads(kind, key, list);
                  return reads.next().isEmpty() && reads.gap().isEmpty();
                })
            .findFirst();
    List<JsonNode> first = new ArrayList<>();
    pages.ifPresent(
        list -> {
          boolean atOnce =
              post.filter(call -> call.cycle() == list.get(0).cycle()).isPresent()
                  && writes.stream().noneMatch(w -> w.ordinal() < list.get(0).ordinal());
          new ChartReads(kind, key, list)
              .rows().stream()
                  // A while later the office may have been there: then only what is its sender's.
                  .filter(row -> atOnce || isSaid(kind, row, parts))
                  .forEach(first::add);
        });
    return new OwnParts(kind, List.copyOf(writes), List.copyOf(first));
  }

  /** Pages of each time that the list was read, oldest first. */
  private static List<List<Asked>> lists(RowKind kind, long key, Head head) {
    List<List<Asked>> lists = new ArrayList<>();
    for (Asked call : head.calls()) {
      boolean isPage =
          call.is(Purpose.PLAN, CallState.ANSWERED)
              && !new ChartReads(kind, key, List.of(call)).pages().isEmpty();
      if (!isPage) {
        continue;
      }
      if (lists.isEmpty() || call.request().query().getOrDefault("Offset", "0").equals("0")) {
        lists.add(new ArrayList<>());
      }
      lists.get(lists.size() - 1).add(call);
    }
    return lists;
  }

  /** The row stands as this work left it. */
  boolean isOwn(JsonNode row) {
    List<Asked> written =
        writes.stream()
            .filter(write -> WholePlan.isAt(kind, write.baseline().path("part"), row))
            .toList();
    if (written.isEmpty() && WholePlan.isNothing(kind, row)) {
      return true;
    }
    return written.stream().anyMatch(write -> isAs(kind, write.baseline().path("part"), row))
        || first.stream()
            .anyMatch(shown -> WholePlan.isAt(kind, shown, row) && isAs(kind, shown, row));
  }

  private static boolean isSaid(RowKind kind, JsonNode row, Iterable<JsonNode> parts) {
    for (JsonNode part : parts) {
      if (WholePlan.isAt(kind, part, row)) {
        return fields(kind).stream()
            .allMatch(field -> isNone(row, field) || same(part, row, field));
      }
    }
    return WholePlan.isNothing(kind, row);
  }

  /** Where it says nothing of a field, none stands there. */
  private static boolean isAs(RowKind kind, JsonNode left, JsonNode row) {
    return fields(kind).stream()
        .allMatch(
            field ->
                left.has(field) ? !row.has(field) || same(left, row, field) : isNone(row, field));
  }

  private static List<String> fields(RowKind kind) {
    return List.copyOf(kind.put().orElseThrow().fields());
  }

  private static boolean isNone(JsonNode row, String field) {
    return row.path(field).asLong(-1) <= 0;
  }

  private static boolean same(JsonNode left, JsonNode row, String field) {
    return FieldMerge.text(left.path(field)).equals(FieldMerge.text(row.path(field)));
  }
}
