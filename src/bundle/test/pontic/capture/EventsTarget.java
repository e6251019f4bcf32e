package pontic.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import pontic.audit.SqlAudit;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.practice.Practice;
import pontic.record.FeedRows;
import pontic.record.Records;
import pontic.store.Store;

/**
 * For the fuzzer: one byte that says of which table, then an event's body, as the workstations of
 * an office whose database is not read send it.
 */
public final class EventsTarget {
  private static final List<String> TABLES =
      List.of("AppointmentDeleted", "Appointment", "Patient", "Nonsense");

  private static Store store;
  private static Hints hints;

  private EventsTarget() {}

  /** A good event of each table. */
  public static List<byte[]> seeds() {
    String deleted =
        "[{\"AptNum\":12,\"PatNum\":5,\"AptStatus\":\"Scheduled\",\"AptDateTime\":\"2026-12-01 10:00:00\",\"DateTStamp\":\"2026-11-01 10:00:00\"}]";
    String patient = "{\"PatNum\":5,\"LName\":\"Fern\",\"DateTStamp\":\"2026-11-01 10:00:00\"}";
    return List.of(seed(0, deleted), seed(1, deleted), seed(2, patient), seed(3, "[]"));
  }

  private static byte[] seed(int table, String body) {
    return ((char) table + body).getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  public static void fuzzerInitialize() throws Exception {
    Path folder = Files.createTempDirectory("fuzz");
    store = Fixture.store(folder);
    List<Practice> practices =
        List.of(
            Fixture.settings(folder, Map.of("practices.elm.database.enabled", "false"))
                .practice("elm")
                .orElseThrow());
    List<ApiFeed> lists = ApiFeeds.load(House.home().resolve("mappings/capture-api"));
    Records records = new Records(store, new SqlAudit(), List.of());
    Offices none =
        new Offices(
            List.of(),
            Map.of(),
            Map.of(),
            records,
            new FeedRows(store),
            practice -> false,
            System::nanoTime);
    Captured captured = new Captured(records, store.vault(), new Storms(none));
    ApiPages pages = new ApiPages(store, records, captured, practices, practice -> lists);
    hints =
        new Hints(
            store,
            new SqlAudit(),
            records,
            new Turns(List.of(), Duration.ofSeconds(1), Map.of(), System::nanoTime),
            pages,
            new ApiTurns(store, pages, System::nanoTime),
            practices);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length > 0) {
      String table = TABLES.get((input[0] & 0xFF) % TABLES.size());
      Heard heard = hints.hear(Arrays.copyOfRange(input, 1, input.length), "elm", table);
      if (heard.outcome() == Heard.Outcome.REFUSED && !heard.gone().isEmpty()) {
        throw new AssertionError("refused, and rows of it are taken");
      }
    }
  }

  public static void fuzzerTearDown() throws IOException {
    store.close();
  }
}
