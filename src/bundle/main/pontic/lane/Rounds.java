package pontic.lane;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which rounds of settle reads prove that a write is not there (decision 0003). */
final class Rounds {
  private Rounds() {}

  /**
   * A round is one look, however many pages it reads. It counts if its first read was begun after
   * the API must have been done with the write, a margin after the start of the round that counted
   * before it.
   *
   * @param probes all settle reads of one write; those of the present round found nothing either
   */
  static int negatives(List<Asked> probes, Instant certain, Duration margin) {
    Map<Integer, Instant> begun =
        probes.stream()
            .filter(
                probe -> probe.state() == CallState.ABSENT || probe.state() == CallState.ANSWERED)
            .collect(
                Collectors.toMap(
                    Asked::cycle, Asked::intentAt, (a, b) -> a.isBefore(b) ? a : b, TreeMap::new));
    int negatives = 0;
    Instant earliest = certain;
    for (Instant at : begun.values()) {
      if (!at.isBefore(earliest)) {
        negatives++;
        earliest = at.plus(margin);
      }
    }
    return negatives;
  }
}
