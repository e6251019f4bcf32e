package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Meanwhile;
import pontic.sandbox.api.OpenDentalApi;
import pontic.sandbox.api.QueueDoubts;
import pontic.sandbox.api.Requests.Entry;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * A write that waits long in the throttle's queue (open-dental-api.md 8, point 2; decision 0342):
 * slow requests of another client of the same key come between Pontic's last look and its write.
 */
final class QueuedWriteTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 10, 4, 12, 0);
  private static final long LIMIT = Math.round(60_000 * House.SCALE);

  /** Nearly as long as the API allows. */
  private static final int LONG = (int) (LIMIT * 9 / 10);

  @TempDir static Path folder;
  private static House house;
  private static int people = 11_000;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            // A second, of which a starved machine may lose some.
            .with("practices.elm.api.margin", "20s");
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  /**
   * The wait counts: 504 while it runs, and it acts all the same. It counts not: it is done in time
   * by the API's clock, and long after Pontic has given up. What was answered 504 goes on: its time
   * is up while it waits, and it acts when its turn comes.
   */
  @ParameterizedTest
  @CsvSource({
    "false, false, false",
    "false, false, true",
    "true, false, false",
    "true, false, true",
    "false, true, false",
    "false, true, true"
  })
  void isOneRowAndItsReceiptIsTrue(boolean uncounted, boolean goesOn, boolean books)
      throws Exception {
    QueueDoubts doubts = new QueueDoubts(uncounted, goesOn);
    String write = books ? "/appointments" : "/patients";
    house.api().change("elm", settings -> settings.withQueue(QueueDoubts.STANDARD));
    say(books, known(books));
    Look last = lastLook(write);
    Patient patient = known(books);
    house.api().change("elm", settings -> settings.withQueue(doubts));
    house.api().requests().clear();
    int others = uncounted ? 2 : 1;
    slow("GET", "/preferences", goesOn ? (int) LIMIT * 5 / 3 : LONG, others);
    if (!goesOn) {
      slow("POST", write, (int) LIMIT / 4, 1);
    }
    List<CompletableFuture<HttpResponse<Void>>> waiting = new ArrayList<>();
    before(last, last.times(), () -> waiting.addAll(queued(others)));
    String id = say(books, patient);
    waiting.forEach(CompletableFuture::join);
    house.api().faults().clear();

    house.ledger().assertEnd("landed", id);
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(books ? 1 : 0, house.office("elm").appointments(patient).size());
    List<Entry> own =
        house.api().requests().list("elm").stream()
            .filter(entry -> !entry.template().equals("/preferences"))
            .toList();
    List<Entry> writes = own.stream().filter(entry -> isOf(entry, "POST", write)).toList();
    assertEquals(1, writes.size(), own.toString());
    Entry one = writes.get(0);
    assertEquals(uncounted ? "201" : "504", one.status(), one.toString());
    assertTrue(one.landed().getAsLong() - one.arrival() > LIMIT, "it acted late: " + one);
    String settled = String.valueOf(house.ledger().receipt(id).get("receipt_settled"));
    assertTrue(
        settled.contains(write.substring(1) + ".post"), "nobody told it in time: " + settled);
    String key = books ? "AptNum" : "PatNum";
    long row = books ? house.office("elm").aptNum(patient) : house.office("elm").patNum(patient);
    String keys = String.valueOf(house.ledger().receipt(id).get("receipt_keys"));
    assertTrue(keys.contains("\"" + key + "\":" + row), keys);
    assertSpaced(own);
  }

  /** Two looks by the margin alone would both have come before the row. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void anOfficeThatIsAtWorkLongAfter504IsWaitedFor(boolean books) throws Exception {
    house.api().change("elm", settings -> settings.withQueue(QueueDoubts.STANDARD));
    String write = books ? "/appointments" : "/patients";
    Patient patient = known(books);
    house.api().requests().clear();
    slow("POST", write, (int) (LIMIT * 19 / 10), 1);
    String id = say(books, patient);
    house.api().faults().clear();

    house.ledger().assertEnd("landed", id);
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(books ? 1 : 0, house.office("elm").appointments(patient).size());
    List<Entry> own = house.api().requests().list("elm");
    List<Entry> writes = own.stream().filter(entry -> isOf(entry, "POST", write)).toList();
    assertEquals(1, writes.size(), own.toString());
    Entry one = writes.get(0);
    assertEquals("504", one.status(), one.toString());
    assertTrue(one.landed().getAsLong() - one.arrival() > LIMIT * 17 / 10, "it acted late: " + one);
    assertSpaced(own);
  }

  /** Somebody whom the office has if he is to be booked. */
  private static Patient known(boolean books) throws Exception {
    Patient patient = Patient.numbered(people++);
    if (books) {
      house.ended("elm", Hospital.adt("A28", "Q" + people + "p", patient));
    }
    return patient;
  }

  /** Waits for its end. */
  private static String say(boolean books, Patient patient) throws Exception {
    String id = "Q" + people;
    LocalDateTime at = NOON.plusDays(people - 11_000);
    return house.ended(
        "elm",
        books
            ? Hospital.siu("S12", id, patient, "PL" + id, at, 30, "")
            : Hospital.adt("A28", id, patient));
  }

  /**
   * What is read right before a write.
   *
   * @param times how many such reads there are of one message until then
   */
  private record Look(String template, int times) {}

  /** As the message before shows. */
  private static Look lastLook(String write) {
    List<Entry> all = house.api().requests().list("elm");
    int written =
        IntStream.range(0, all.size())
            .filter(i -> isOf(all.get(i), "POST", write))
            .max()
            .orElseThrow();
    int from =
        IntStream.range(0, written)
            .filter(i -> all.get(i).method().equals("POST"))
            .max()
            .orElse(-1);
    String template = all.get(written - 1).template();
    return new Look(
        template,
        (int)
            all.subList(from + 1, written).stream()
                .filter(entry -> isOf(entry, "GET", template))
                .count());
  }

  private static boolean isOf(Entry entry, String verb, String template) {
    return entry.method().equals(verb) && entry.template().equals(template);
  }

  private static void before(Look look, int times, Meanwhile.Deed deed) {
    house
        .api()
        .meanwhile()
        .before(
            "elm", "GET", look.template(), times == 1 ? deed : () -> before(look, times - 1, deed));
  }

  private static void slow(String verb, String path, int millis, int times) {
    house
        .api()
        .faults()
        .arm(
            Fault.of("elm", FaultKind.SLOW)
                .on(verb, path)
                .lasting(Duration.ofMillis(millis))
                .times(times));
  }

  /** Requests of another client that wait behind the one that is served. */
  private static List<CompletableFuture<HttpResponse<Void>>> queued(int many) {
    List<CompletableFuture<HttpResponse<Void>>> others = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      others.add(another());
    }
    House.until(
        "they wait",
        () ->
            house.api().requests().list("elm").stream()
                    .filter(entry -> isOf(entry, "GET", "/preferences"))
                    .filter(entry -> entry.fault().isPresent())
                    .count()
                == many);
    return others;
  }

  private static CompletableFuture<HttpResponse<Void>> another() {
    return HttpClient.newHttpClient()
        .sendAsync(
            HttpRequest.newBuilder(
                    URI.create(
                        house.flags().get("practices.elm.api.url")
                            + "/preferences?PrefName=ProgramVersion"))
                .header(
                    "Authorization",
                    "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + OpenDentalApi.ELM_KEY)
                .header("Content-Type", "application/json")
                .build(),
            HttpResponse.BodyHandlers.discarding());
  }

  /** Each of Pontic's own comes a period after the end of the one before it, or after its limit. */
  private static void assertSpaced(List<Entry> own) {
    for (int i = 1; i < own.size(); i++) {
      Entry before = own.get(i - 1);
      long over = Math.min(before.end().orElse(Long.MAX_VALUE), before.arrival() + LIMIT);
      long gap = own.get(i).arrival() - over;
      assertTrue(gap >= before.periodMillis(), own.get(i) + " came " + gap + " ms after " + before);
    }
  }
}
