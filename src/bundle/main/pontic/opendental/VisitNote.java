package pontic.opendental;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import pontic.mapping.TextColumn;

/**
 * What is written into an appointment's note, as its column holds it: each remark with the
 * reference by which it is found again, which is never cut.
 *
 * @param text "" if not even the references have room
 * @param warnings field names only, no values
 * @param over the words that had no room; a patient's
 */
record VisitNote(String text, List<String> warnings, List<String> over) {
  /** As the API separates what it appends to a note (open-dental-api.md 2.2). */
  static final String LINE = "\r\n";

  private static final String NOTE = "Note";
  private static final String WARNINGS = "warnings";

  /** In the baseline of a write: what it had no room for. */
  private static final String OVER = "over";

  VisitNote {
    warnings = List.copyOf(warnings);
    over = List.copyOf(over);
  }

  /**
   * One remark.
   *
   * @param says blank if there is only the reference to leave
   */
  record Line(String says, String reference) {}

  /**
   * @param lines at least one
   * @param before what stands in the note already
   */
  static VisitNote of(List<Line> lines, TextColumn column, String before) {
    int reserved = before.isEmpty() ? 0 : column.size(before) + LINE.length();
    for (Line line : lines) {
      reserved += line.reference().length() + 1 + LINE.length();
    }
    reserved -= LINE.length();
    if (reserved > column.most()) {
      return new VisitNote(
          "",
          List.of(NOTE + " was left: that of the appointment is full"),
          lines.stream().map(Line::says).toList());
    }
    List<String> written = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    List<String> over = new ArrayList<>();
    for (Line line : lines) {
      String says = line.says().strip();
      if (!column.holds(says, reserved)) {
        String cut = column.cut(says, reserved);
        warnings.add(Fitted.cut(NOTE, column, reserved));
        over.add(Fitted.rest(says, cut));
        says = cut;
      }
      reserved += column.size(says);
      written.add(Marker.join(says, line.reference()));
    }
    return new VisitNote(String.join(LINE, written), warnings, over);
  }

  /** Remembers beside a write what is to be said once it has landed. */
  ObjectNode in(ObjectNode baseline) {
    warnings.forEach(baseline.withArray(WARNINGS)::add);
    over.forEach(baseline.withArray(OVER)::add);
    return baseline;
  }

  /** What writes that landed had no room for. */
  static List<String> over(pontic.lane.Head head) {
    return PatientPlan.landedTexts(head, OVER);
  }
}
