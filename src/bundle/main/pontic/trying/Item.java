package pontic.trying;

import java.util.List;
import pontic.record.Row;

/**
 * What a stubbed step hands on where the real one hands on a claim, a turn, a feed or a request:
 * all that routes ask of these.
 *
 * @param held false if there is nothing (more) to do
 * @param feed the feed whose rows are tried
 * @param gone rows, if the message is one or more
 */
public record Item(boolean held, String feed, List<Row> gone) {
  public boolean isSend() {
    return held;
  }

  public boolean isDue() {
    return held;
  }

  public boolean isEmpty() {
    return !held;
  }

  public boolean isReadBack() {
    return false;
  }

  public boolean isAsking() {
    return held;
  }

  public boolean isByKey() {
    return false;
  }

  public String purpose() {
    return held ? "call" : "nothing";
  }

  public String name() {
    return feed;
  }

  @Override
  public String toString() {
    return held ? "(a stand-in: the message is due)" : "(a stand-in: nothing more is due)";
  }
}
