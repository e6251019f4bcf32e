package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.Head;
import pontic.mapping.RowKind;

/** The rows of one kind, as plan and probe read them. */
final class ChartReads {
  private final RowKind kind;
  private final long of;
  private final List<Asked> pages;

  /**
   * @param of what the list is filtered by: whose rows, of which row they are the parts, or the row
   *     that a list of definitions is narrowed to; 0 for all
   * @param asked reads of which those of this kind and of the same are taken, oldest first; where
   *     the list was read twice, the later one
   */
  ChartReads(RowKind kind, long of, List<Asked> asked) {
    this.kind = kind;
    this.of = of;
    this.pages =
        newest(
            asked.stream()
                .filter(read -> read.name().equals(name(kind)))
                .filter(this::isOf)
                .toList());
  }

  /** From where the list was begun last. */
  private static List<Asked> newest(List<Asked> pages) {
    int from = 0;
    for (int i = 0; i < pages.size(); i++) {
      if (pages.get(i).request().query().getOrDefault("Offset", "0").equals("0")) {
        from = i;
      }
    }
    return pages.subList(from, pages.size());
  }

  /**
   * Definitions.
   *
   * @param head whose office may be too old to narrow a list
   * @param meant fields of the one that is looked for
   */
  static ChartReads definitions(RowKind kind, Head head, JsonNode meant, List<Asked> asked) {
    Version version = new Version(head.capabilities().path("version").asText());
    boolean narrows =
        !kind.filter().isBlank()
            && !kind.filterSince().isBlank()
            && version.known()
            && version.atLeast(kind.filterSince());
    return new ChartReads(kind, narrows ? meant.path(kind.filter()).asLong() : 0, asked);
  }

  private boolean isOf(Asked read) {
    return kind.single()
        || kind.filter().isBlank()
        || Optional.ofNullable(read.request().query().get(kind.filter()))
            .orElse("0")
            .equals(Long.toString(of));
  }

  /** The reads that were taken, oldest first. */
  List<Asked> pages() {
    return pages;
  }

  /** Name of the read. */
  static String name(RowKind kind) {
    return kind.name() + (kind.single() ? ".read" : ".search");
  }

  /** What to read next; empty if all that there is to see is read. */
  Optional<ApiRequest> next() {
    if (kind.single()) {
      return pages.isEmpty()
          ? Optional.of(
              ApiRequest.read(
                  name(kind), kind.rows(), kind.rows().replaceAll("\\{\\w+}", "" + of), Map.of()))
          : Optional.empty();
    }
    return Reads.nextPage(pages).map(this::page);
  }

  private ApiRequest page(int page) {
    Map<String, String> query = new LinkedHashMap<>();
    if (!kind.filter().isBlank() && of != 0) {
      query.put(kind.filter(), Long.toString(of));
    }
    query.put("Limit", Integer.toString(Reads.PAGE));
    query.put("Offset", Integer.toString(page * Reads.PAGE));
    return ApiRequest.read(name(kind), kind.rows(), kind.rows(), query);
  }

  /** Why what was read is not all there is; empty if it is. */
  Optional<String> gap() {
    if (kind.single()) {
      Asked last = pages.get(pages.size() - 1);
      return last.status() == 200 ? Optional.empty() : Optional.of("HTTP " + last.status());
    }
    return Reads.gap(pages);
  }

  List<JsonNode> rows() {
    return kind.single()
        ? pages.stream().filter(p -> p.status() == 200).map(Asked::answer).toList()
        : Reads.rows(pages, kind.key());
  }
}
