package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.mapping.RowKind;

/** The rows of one kind, as plan and probe read them. */
final class ChartReads {
  private final RowKind kind;
  private final long patNum;
  private final List<Asked> pages;

  /**
   * @param patNum what the list is filtered by: whose rows, or of which row they are the parts
   * @param asked reads of which those of this kind and of the same are taken, oldest first
   */
  ChartReads(RowKind kind, long patNum, List<Asked> asked) {
    this.kind = kind;
    this.patNum = patNum;
    this.pages = asked.stream().filter(read -> isOf(kind, patNum, read)).toList();
  }

  private static boolean isOf(RowKind kind, long patNum, Asked read) {
    boolean filtered = !kind.single() && !kind.filter().isBlank();
    return read.name().equals(name(kind))
        && (!filtered || Long.toString(patNum).equals(read.request().query().get(kind.filter())));
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
                  name(kind),
                  kind.rows(),
                  kind.rows().replaceAll("\\{\\w+}", "" + patNum),
                  Map.of()))
          : Optional.empty();
    }
    return Reads.nextPage(pages).map(this::page);
  }

  private ApiRequest page(int page) {
    Map<String, String> query = new LinkedHashMap<>();
    if (!kind.filter().isBlank()) {
      query.put(kind.filter(), Long.toString(patNum));
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
