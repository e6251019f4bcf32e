package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
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
   * stand where it stood, the list is not in the order of its numbers, which is not documented.
   */
  private Decision onward(JsonNode look, List<Asked> pages) {
    long seen = look.path("seen").asLong();
    long again = Math.min(1, seen);
    boolean more =
        pages.isEmpty() || isFull(pages.get(pages.size() - 1)) && pages.size() < Reads.PAGES;
    if (more) {
      return new Decision.Ask(
          Reads.loggedOfUsAfter(seen - again + (long) pages.size() * Reads.PAGE));
    }
    List<JsonNode> entries =
        pages.stream()
            .flatMap(page -> StreamSupport.stream(page.answer().spliterator(), false))
            .toList();
    long newest = look.path("newest").asLong();
    boolean ordered = again == 0 || !entries.isEmpty() && number(entries.get(0)) == newest;
    List<Decision.LogEntry> fresh = new ArrayList<>();
    for (JsonNode entry : entries.subList((int) Math.min(again, entries.size()), entries.size())) {
      ordered &= number(entry) > newest;
      newest = number(entry);
      fresh.add(
          new Decision.LogEntry(entry.path("PermType").asText(), entry.path("PatNum").asLong()));
    }
    return new Decision.Logged(
        seen + fresh.size(),
        newest,
        !isFull(pages.get(pages.size() - 1)),
        ordered,
        List.copyOf(fresh),
        rules);
  }

  /** Where the list ends: looked for by steps that double, then between the last two. */
  private Decision end(List<Asked> pages) {
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
