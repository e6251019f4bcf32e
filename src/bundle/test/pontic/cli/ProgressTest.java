package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Progress progress = new Progress(nanos::get);

  @Test
  void rowsRateAndTimeLeftAreToldByEndFromWhatWasSeen() throws Exception {
    assertEquals(
        "Open Dental: 500 of 13000 rows; at hospital: 0 of 13000 rows",
        line(
            run("patient", "", "running", 500, 1000, "")
                + run("recall", "", "running", 0, 12000, "")
                + run("patient", "hospital", "running", 0, 13000, "")
                + run("patient", "hospital-hl7", "off", 0, 13000, "it cannot be asked")));
    nanos.set(Duration.ofSeconds(10).toNanos());
    assertEquals(
        "Open Dental: 1500 of 13000 rows, 100 a second, about 1 min left; at hospital: 10 of 13000 rows, 1 a second,"
            + " about 3 h 36 min left (recall waits: its reads are paused)",
        line(
            run("patient", "", "ended", 1000, 1000, "")
                + run("recall", "", "running", 500, 12000, "its reads are paused")
                + run("patient", "hospital", "running", 10, 13000, "")));
    assertEquals("", line(run("patient", "", "ended", 1000, 1000, "")));
  }

  private String line(String runs) throws Exception {
    return progress.line(new ObjectMapper().readTree("[" + runs.replaceFirst(",$", "") + "]"));
  }

  private static String run(
      String table, String destination, String state, long rows, long of, String reason) {
    return "{\"table\":\"%s\",\"destination\":\"%s\",\"state\":\"%s\",\"rows\":%d,\"of\":%d,\"reason\":\"%s\"},"
        .formatted(table, destination, state, rows, of, reason);
  }
}
