package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import pontic.lane.Head;
import pontic.mapping.RowKind;
import pontic.mapping.Writes;
import pontic.person.Asserted;

/**
 * What of a patient has no field, as an entry of the communication log or a text file, where the
 * practice wants that (decision 0394). One for each change: the same words as the last time are the
 * row that was made then, and others, or those of before the last time, are another row.
 */
final class PatientRest {
  /** How it begins, for a person at the office. */
  private static final String BEGINS =
      "Another system says of this patient what Open Dental has no field for: ";

  private static final String TITLE = "More of a patient than Open Dental has fields for";

  private static final String TYPE = "Patient";

  private final Writes table;
  private final Function<String, OfficeTerms> offices;
  private final Marker marker;

  PatientRest(Writes table, Function<String, OfficeTerms> offices, Marker marker) {
    this.table = table;
    this.offices = offices;
    this.marker = marker;
  }

  Optional<ChartItem> item(Head head, Left left) {
    if (left.words().isEmpty()) {
      return Optional.empty();
    }
    String text = Fitted.storable((BEGINS + left.text()).strip());
    String goes = offices.apply(head.work().practice()).patientRest();
    return RestRow.kind(table, goes)
        .flatMap(
            kind -> {
              RestRow row = RestRow.of(kind, TITLE, text);
              row.said().put("kept", left.elements() + " " + RestRow.where(goes));
              return item(head, kind, row.holds(), row.said());
            });
  }

  /**
   * @param holds the field in which the words are
   * @return empty if a newer message of this sender has said otherwise: one that was let go on late
   */
  private Optional<ChartItem> item(Head head, RowKind kind, String holds, ObjectNode said) {
    String practice = head.work().practice();
    String reference =
        marker.of(practice, String.join("|", head.work().sender(), TYPE, "left"), kind.name());
    ChartItem item = item(kind, reference, reference, said);
    Optional<Asserted> asserted = Optional.ofNullable(head.asserted().get(item.assertion()));
    Optional<JsonNode> last = asserted.map(Asserted::fields);
    String words = said.path("row").path(holds).asText();
    String before = last.map(row -> row.path(kind.marker()).asText()).orElse("");
    boolean isSame =
        last.filter(
                row ->
                    Marker.without(row.path(holds).asText())
                        .equals(Marker.without(held(kind, holds, words, reference))))
            .isPresent();
    if (!isSame && asserted.filter(one -> one.seq(holds) > head.work().seq()).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        item(
            kind,
            reference,
            isSame
                ? Marker.in(before)
                : marker.of(
                    practice,
                    String.join(
                        "|",
                        Long.toString(head.person().orElseThrow().patNum()),
                        reference,
                        Marker.in(before)),
                    words),
            said));
  }

  /** As it was written beside a reference, which are all of one length. */
  private String held(RowKind kind, String holds, String words, String reference) {
    return Optional.ofNullable(table.texts(kind.name()).get(holds))
        .map(column -> column.cut(words, reference.length() + 1))
        .orElse(words);
  }

  private static ChartItem item(RowKind kind, String reference, String mark, ObjectNode said) {
    return new ChartItem(
        kind,
        String.join("/", TYPE, "0", kind.name()) + ChartItem.LEFT,
        TYPE,
        reference,
        mark,
        List.of(),
        said);
  }
}
