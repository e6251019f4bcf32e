package pontic.capture;

import java.util.List;
import java.util.function.Consumer;
import pontic.record.Page;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.store.Transaction;

/**
 * What one answered read of a feed found.
 *
 * @param unreadable rows that cannot be understood, with the reason
 * @param along what is done in the same unit: the read that follows, and what other lists lean on
 * @param counted lists whose used answers matter to this page
 * @param consumed how many they had when this one was looked at; if another number stands in the
 *     store by now, the page is void and is looked at again
 */
public record ApiPage(
    Page page,
    List<Translated> unreadable,
    List<Consumer<Transaction>> along,
    List<String> counted,
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
