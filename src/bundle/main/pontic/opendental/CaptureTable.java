package pontic.opendental;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import pontic.capture.ApiFeed;

/**
 * The capability table's part on reading a practice through its API: which lists are read, how
 * often, and what this way cannot see. Empty where the practice's database is read.
 */
final class CaptureTable {
  private CaptureTable() {}

  static void write(
      ObjectNode capabilities,
      List<ApiFeed> feeds,
      Version version,
      Set<String> granted,
      Duration period,
      OfficeTerms office) {
    if (feeds.isEmpty()) {
      return;
    }
    ObjectNode table = capabilities.putObject("capture");
    ArrayNode unseen = capabilities.putArray("captureCannotSee");
    for (ApiFeed feed : feeds) {
      String reason = reason(feed, version, granted);
      table
          .putObject(feed.name())
          .put("on", reason.isEmpty())
          .put("reason", reason)
          .put("everyMillis", feed.interval(period, office.scale()).toMillis());
      feed.cannotSee().forEach(unseen::add);
      if (!reason.isEmpty()) {
        unseen.add(feed.name() + ": " + reason);
      }
    }
  }

  private static String reason(ApiFeed feed, Version version, Set<String> granted) {
    if (!granted.contains("ApiReadAll")) {
      return "the key lacks ApiReadAll";
    }
    if (feed.permission().filter(needed -> !granted.contains(needed)).isPresent()) {
      return "the key lacks " + feed.permission().get();
    }
    if (!version.known()) {
      return "the office did not tell its version";
    }
    return version.atLeast(feed.since())
        ? ""
        : "needs Open Dental " + feed.since() + ", the office has " + version.text();
  }
}
