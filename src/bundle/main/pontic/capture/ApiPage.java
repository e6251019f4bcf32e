package pontic.capture;

import java.time.Instant;
import java.util.List;
import pontic.lane.Questions.Question;
import pontic.record.Page;
import pontic.record.Row;
import pontic.record.Translated;

/**
 * What one answered read of a feed found.
 *
 * @param unreadable rows that cannot be understood, with the reason
 * @param entries what the page says of rows of another list
 * @param next the read that follows
 * @param due when it is due, if not at once
 * @param consumed the practice's count of used answers when this one was looked at; if another
 *     stands in the store by now, the page is void and is looked at again
 */
public record ApiPage(
    Page page,
    List<Translated> unreadable,
    List<AppointmentHistory.Entry> entries,
    Question next,
    Instant due,
    long consumed) {

  /** Rows that differ from their record and can be translated, in the order of the list. */
  public List<Row> changed() {
    return page.changed();
  }

  /** Without the rows: they are a patient's. */
  @Override
  public String toString() {
    return "ApiPage[" + page.practice() + " " + page.feed() + "]";
  }
}
