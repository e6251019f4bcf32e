package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import pontic.lane.Asked;
import pontic.lane.Decision;
import pontic.lane.Head;

/**
 * Reads what the API has logged of our developer key since the last look (open-dental-api.md 2.34:
 * entries of the calling developer only). What the lane then misses among its own writes somebody
 * else has made with this key.
 */
final class OwnLogPlan {

  Decision next(Head head) {
    long from = head.work().bundle().path("seen").asLong();
    List<Asked> pages = head.reads("securitylogs.get");
    boolean more =
        pages.isEmpty()
            || pages.get(pages.size() - 1).answer().size() >= Reads.PAGE
                && pages.size() < Reads.PAGES;
    if (more) {
      return new Decision.Ask(
          Reads.patientsCreatedByUsAfter(from + (long) pages.size() * Reads.PAGE));
    }
    List<Long> patNums = new ArrayList<>();
    long seen = from;
    for (Asked page : pages) {
      if (page.status() != 200) {
        return new Decision.Hold("the API did not show what it has logged of our key", List.of());
      }
      for (JsonNode entry : page.answer()) {
        patNums.add(entry.path("PatNum").asLong());
        seen++;
      }
    }
    return new Decision.Logged(
        seen, pages.get(pages.size() - 1).answer().size() < Reads.PAGE, patNums);
  }
}
