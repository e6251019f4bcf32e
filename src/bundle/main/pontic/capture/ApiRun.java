package pontic.capture;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a run of reads over one list stands. Pages are cut by offset from a list that may change
 * between two of them, so each page begins with the last rows of the one before: if none of them is
 * there, rows have moved further than that, and the run begins anew. A list that only grows at its
 * end is one run for ever.
 *
 * @param number runs ended so far
 * @param server the server's time on the run's first page, by the office's wall clock; "" before,
 *     and if the list was empty
 * @param offset of the page that is asked for
 * @param tail keys of the last rows before, of which the page must have one; empty if any will do
 * @param ascending no page so far had its order keys another way round
 * @param stirred a page of this run had something to tell
 * @param quiet runs in a row, before this one, that had nothing to tell
 * @param patient whose rows are asked for; 0 in a list that is read at once
 * @param begun when this run's first page was read, by the store's clock in milliseconds; 0 before
 * @param whole the same of the last run that ended; 0 if there is none
 */
record ApiRun(
    long number,
    String server,
    int offset,
    List<Long> tail,
    boolean ascending,
    boolean stirred,
    int quiet,
    long patient,
    long begun,
    long whole) {
  /**
   * The smallest limit of all modes (open-dental-api.md 1.5), so that a short page is always the
   * last.
   */
  static final int PAGE = 100;

  private static final int OVERLAP = 10;

  ApiRun {
    tail = List.copyOf(tail);
  }

  static ApiRun first() {
    return of(0);
  }

  /** The first read of a patient's rows. */
  static ApiRun of(long patient) {
    return new ApiRun(0, "", 0, List.of(), true, false, 0, patient, 0, 0);
  }

  /** The same, of which a page had something to tell. */
  ApiRun withNews() {
    return new ApiRun(number, server, offset, tail, ascending, true, quiet, patient, begun, whole);
  }

  /** How many pages a run has had whose last one is asked for here. */
  int pages() {
    return offset / (PAGE - OVERLAP) + 1;
  }

  /** A list that has long had nothing to tell is read more seldom. */
  int rest() {
    return quiet < 3 ? 1 : quiet < 10 ? 2 : 4;
  }

  private ApiRun at(String known, int next, List<Long> last, boolean sorted, long began) {
    return new ApiRun(number, known, next, last, sorted, stirred, quiet, patient, began, whole);
  }

  /**
   * What comes after a page.
   *
   * @param ended whether the page was the last of its run
   * @param run the run to go on with
   */
  record Next(boolean ended, ApiRun run) {}

  /**
   * @param keys order keys of the page's rows
   * @param serverTime "" if the page told none
   * @param grows whether the list only grows at its end
   * @param at when the page was read, by the store's clock
   */
  Next after(List<Long> keys, String serverTime, boolean grows, Instant at) {
    long began = begun == 0 ? at.toEpochMilli() : begun;
    String known = server.isEmpty() ? serverTime : server;
    boolean sorted = ascending && isAscending(keys);
    if (!tail.isEmpty() && tail.stream().noneMatch(keys::contains)) {
      return new Next(false, at(known, 0, List.of(), sorted, 0));
    }
    int kept = Math.min(OVERLAP, keys.size());
    int next = offset + keys.size() - kept;
    List<Long> last = new ArrayList<>(keys.subList(keys.size() - kept, keys.size()));
    if (keys.size() >= PAGE) {
      return new Next(false, at(known, next, last, sorted, began));
    }
    // A list that grows elsewhere than at its end is read whole each time.
    boolean goesOn = grows && sorted;
    return new Next(
        true,
        new ApiRun(
            number + 1,
            "",
            goesOn ? next : 0,
            goesOn ? last : List.of(),
            true,
            false,
            stirred ? 0 : quiet + 1,
            patient,
            0,
            began));
  }

  static boolean isAscending(List<Long> keys) {
    for (int i = 1; i < keys.size(); i++) {
      if (keys.get(i) <= keys.get(i - 1)) {
        return false;
      }
    }
    return true;
  }
}
