package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import pontic.lane.Asked;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.LogRules;

/**
 * Reads what the API has logged of our developer key since the last look (open-dental-api.md 2.34:
 * entries of the calling developer only). What the lane then misses among its own writes somebody
 * else has made with this key.
 */
final class OwnLogPlan {
  private final LogRules rules;

  OwnLogPlan(LogRules rules) {
    this.rules = rules;
  }

  Decision next(Head head) {
    List<Asked> pages = head.reads("securitylogs.get");
    if (pages.stream().anyMatch(page -> page.status() != 200)) {
      return new Decision.Hold("the API did not show what it has logged of our key", List.of());
    }
    JsonNode look = head.work().bundle();
    return look.path("first").asBoolean() ? end(pages) : onward(look, pages);
  }

  /**
   * The entries behind the last one that was looked at. That one is read again: if it does not
   * stand where it stood, the newest may come first, since the order is not documented (decision
   * 0398).
   */
  private Decision onward(JsonNode look, List<Asked> pages) {
    long seen = look.path("seen").asLong();
    long again = Math.min(1, seen);
    if (pages.isEmpty()) {
      return new Decision.Ask(Reads.loggedOfUsAfter(seen - again));
    }
    long newest = look.path("newest").asLong();
    JsonNode first = pages.get(0).answer();
    boolean stands = again == 0 || !first.isEmpty() && number(first.get(0)) == newest;
    if (!stands || falls(first)) {
      return fromTheTop(seen, newest, pages.subList(1, pages.size()));
    }
    if (isFull(pages.get(pages.size() - 1)) && pages.size() < Reads.PAGES) {
      return new Decision.Ask(
          Reads.loggedOfUsAfter(seen - again + (long) pages.size() * Reads.PAGE));
    }
    List<JsonNode> entries = entries(pages);
    boolean ordered = true;
    List<Decision.LogEntry> fresh = new ArrayList<>();
    for (JsonNode entry : entries.subList((int) again, entries.size())) {
      ordered &= number(entry) > newest;
      newest = number(entry);
      fresh.add(logged(entry));
    }
    return new Decision.Logged(
        seen + fresh.size(),
        newest,
        !isFull(pages.get(pages.size() - 1)),
        ordered,
        List.copyOf(fresh),
        rules);
  }

  /** The entries before the last one that was looked at, in a list that has the newest first. */
  private Decision fromTheTop(long seen, long newest, List<Asked> pages) {
    if (pages.isEmpty()) {
      return new Decision.Ask(Reads.loggedOfUsAfter(0));
    }
    List<JsonNode> entries = entries(pages);
    boolean ordered = falls(pages.get(0).answer());
    boolean isReached = entries.stream().anyMatch(entry -> number(entry) <= newest);
    if (ordered && !isReached && isFull(pages.get(pages.size() - 1))) {
      if (pages.size() < Reads.PAGES) {
        return new Decision.Ask(Reads.loggedOfUsAfter((long) pages.size() * Reads.PAGE));
      }
      ordered = false;
    }
    // The last one that was looked at has to stand there, unless there was none.
    ordered &= newest == 0 || entries.stream().anyMatch(entry -> number(entry) == newest);
    long last = Long.MAX_VALUE;
    Set<Long> told = new HashSet<>();
    List<Decision.LogEntry> fresh = new ArrayList<>();
    for (JsonNode entry : entries) {
      // What was added while pages were read moves others to the next page.
      if (told.add(number(entry))) {
        ordered &= number(entry) < last;
        last = number(entry);
        if (last > newest) {
          fresh.add(logged(entry));
        }
      }
    }
    return new Decision.Logged(
        seen + fresh.size(),
        entries.isEmpty() ? newest : number(entries.get(0)),
        true,
        ordered,
        List.copyOf(fresh),
        rules);
  }

  private static List<JsonNode> entries(List<Asked> pages) {
    return pages.stream()
        .flatMap(page -> StreamSupport.stream(page.answer().spliterator(), false))
        .toList();
  }

  private static Decision.LogEntry logged(JsonNode entry) {
    return new Decision.LogEntry(entry.path("PermType").asText(), entry.path("PatNum").asLong());
  }

  /** Whether numbers fall, as far as ends tell. */
  private static boolean falls(JsonNode page) {
    return page.size() > 1 && number(page.get(0)) > number(page.get(page.size() - 1));
  }

  /**
   * Where the list ends: looked for by steps that double, then between the last two. One that has
   * the newest first needs no more than its first page.
   */
  private Decision end(List<Asked> pages) {
    if (!pages.isEmpty() && falls(pages.get(0).answer())) {
      JsonNode top = pages.get(0).answer();
      return found(top.size(), top.get(0));
    }
    long at = 0;
    long step = Reads.PAGE;
    long full = -1;
    long empty = Long.MAX_VALUE;
    JsonNode last = MissingNode.getInstance();
    for (Asked page : pages) {
      int size = page.answer().size();
      if (size > 0) {
        last = page.answer().get(size - 1);
      }
      if (size > 0 && !isFull(page)) {
        return found(at + size, last);
      }
      full = size > 0 ? at : full;
      empty = size > 0 ? empty : at;
      if (empty == 0 || empty - full == Reads.PAGE) {
        return found(empty, last);
      }
      at =
          empty == Long.MAX_VALUE
              ? full + step
              : full + (empty - full) / 2 / Reads.PAGE * Reads.PAGE;
      step = 2 * step;
    }
    return new Decision.Ask(Reads.loggedOfUsAfter(at));
  }

  private Decision found(long entries, JsonNode last) {
    return new Decision.Logged(entries, number(last), true, true, List.of(), rules);
  }

  private static boolean isFull(Asked page) {
    return page.answer().size() >= Reads.PAGE;
  }

  private static long number(JsonNode entry) {
    return entry.path("SecurityLogNum").asLong();
  }
}
