package pontic.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import pontic.lane.Questions;
import pontic.lane.Questions.Stand;
import pontic.practice.WatchTable;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Which lists of an office's API have something to work on. Each has its page in a round, however
 * much others have; a list that was never asked for is asked. Where nothing can come before some
 * moment, the store is not looked at until then.
 */
public final class ApiTurns {
  /** Another process may have moved something, or the office may have got another version. */
  private static final Duration LONGEST_REST = Duration.ofSeconds(10);

  private final Store store;
  private final Questions questions;
  private final ApiRelated related;
  private final ApiPages pages;
  private final LongSupplier nanos;

  /** By practice, until when nothing can come, by the clock that only goes on. */
  private final Map<String, Long> rests = new ConcurrentHashMap<>();

  private final Map<String, Hinted> hinted = new ConcurrentHashMap<>();

  /**
   * @param isOpen whether no read has begun since the last hint
   * @param brought when a hint last brought a read; empty if none has
   * @param pause least time between two of them
   */
  private record Hinted(boolean isOpen, Optional<Instant> brought, Duration pause) {}

  /**
   * What one look at the store finds.
   *
   * @param stands by list; one that was never asked for is missing
   * @param stale lists with rows that are to be told again
   * @param doubtful lists with rows of which it is still open whether they are gone
   */
  private record Look(
      Instant at, Map<String, Stand> stands, Set<String> stale, Set<String> doubtful) {}

  /**
   * @param nanos a clock that only goes on
   */
  public ApiTurns(Store store, ApiPages pages, LongSupplier nanos) {
    this.store = store;
    this.questions = new Questions(store.vault());
    this.related = new ApiRelated(store.vault());
    this.pages = pages;
    this.nanos = nanos;
  }

  /** Lists with an answer to work on, or with rows to tell again; the longest waiting first. */
  public List<ApiFeed> due(String practice) {
    long now = nanos.getAsLong();
    Long until = rests.get(practice);
    if (until != null && now - until < 0) {
      return List.of();
    }
    // A hint that comes from here on takes it out again.
    rests.put(practice, now);
    Look look = store.read(tx -> look(tx, practice));
    pages.lists(practice).stream()
        .filter(feed -> look.doubtful().contains(feed.name()))
        .forEach(feed -> pages.prove(practice, feed));
    Map<ApiFeed, Instant> due = new HashMap<>();
    Instant next = look.at().plus(LONGEST_REST);
    for (ApiFeed feed : pages.lists(practice)) {
      Optional<Stand> stand = Optional.ofNullable(look.stands().get(feed.name()));
      boolean isAnswered = stand.filter(Stand::isAnswered).isPresent();
      boolean isStale = look.stale().contains(feed.name());
      if (isAnswered ? !pages.waits(practice, feed) : isStale) {
        due.put(feed, stand.map(Stand::at).orElse(look.at()));
      }
      Instant again =
          isAnswered || isStale || isBrought(practice, feed.name(), look.at())
              ? look.at()
              : again(practice, feed, stand, look.at());
      next = again.isBefore(next) ? again : next;
    }
    long rest = Math.max(0, Duration.between(look.at(), next).toNanos());
    rests.replace(practice, now, now + rest);
    return due.keySet().stream().sorted(Comparator.comparing(due::get)).toList();
  }

  private Look look(Transaction tx, String practice) {
    return new Look(
        tx.now(),
        questions.stands(tx, practice),
        related.stale(tx, practice),
        pages.doubtful(tx, practice));
  }

  /** When something may come of a list that has nothing now; asks for it if it can be asked for. */
  private Instant again(String practice, ApiFeed feed, Optional<Stand> stand, Instant at) {
    return stand
        .filter(its -> its.isAsked() || its.at().isAfter(at))
        .map(Stand::at)
        .orElseGet(() -> pages.ask(practice, feed, at).orElse(at.plus(LONGEST_REST)));
  }

  /**
   * Rows of this table may have changed, says the office: the next read of its lists is due at
   * once. The lane's order and spacing stand.
   *
   * @param every least time between two reads of a list that hints bring
   */
  public void hint(String practice, WatchTable table, Duration every) {
    pages.lists(practice).stream()
        .filter(feed -> feed.isHintedBy(table))
        .forEach(
            feed ->
                hinted.compute(
                    name(practice, feed.name()),
                    (key, before) ->
                        new Hinted(
                            true, Optional.ofNullable(before).flatMap(Hinted::brought), every)));
    rests.remove(practice);
  }

  /** Whether a hint waits for its time, or has just brought the next read of a list. */
  private boolean isBrought(String practice, String feed, Instant now) {
    String key = name(practice, feed);
    Hinted hint = hinted.get(key);
    if (hint == null || !hint.isOpen()) {
      return false;
    }
    if (hint.brought().filter(before -> now.isBefore(before.plus(hint.pause()))).isPresent()) {
      return true;
    }
    // Closed first: a hint that comes meanwhile opens it again.
    hinted.put(key, new Hinted(false, Optional.of(now), hint.pause()));
    boolean isNext =
        store.write(
            tx -> {
              tx.serialise(practice);
              return questions.isNext(tx, practice, feed, tx.now());
            });
    if (!isNext) {
      hinted.computeIfPresent(
          key, (same, after) -> new Hinted(true, hint.brought(), after.pause()));
    }
    return true;
  }

  private static String name(String practice, String feed) {
    return practice + "/" + feed;
  }
}
