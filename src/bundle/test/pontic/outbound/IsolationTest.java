package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Patient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;
import pontic.hl7.Hl7Json;
import pontic.house.House;
import pontic.sandbox.hospital.FhirFault;
import pontic.sandbox.hospital.FhirFaultKind;
import pontic.sandbox.hospital.HospitalFhirServer;

/**
 * A destination that is dead or hangs takes nothing from the others. Each window has the same load:
 * batches of edits, each made when capture has read the one before. It is counted which of them
 * have arrived when capture has read what was edited after the window; no clock plays a part, and
 * whoever waits for a destination that hangs has missed that.
 */
class IsolationTest {
  private static final int BATCHES = 4;
  private static final int BATCH = 9;
  private static final int LATER = 2;
  private static final double KEPT = 0.95;

  @TempDir static Path folder;
  private static House house;
  private static List<Long> patients;
  private static int edits;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder, House.SCALE, BATCHES * BATCH + 10);
    patients =
        JdbcClient.create(house.sandbox().practice("elm").dataSource())
            .sql("select PatNum from patient where PatStatus = 0 order by PatNum")
            .query(Long.class)
            .list();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  /** How much of the load arrived where, by destination. */
  private record Window(Map<String, Long> arrived) {
    long at(String destination) {
      return arrived.get(destination);
    }
  }

  private record Run(Window alive, Window oneDead, Window oneHangs) {
    double kept(Window window, String destination) {
      return (double) window.at(destination) / alive.at(destination);
    }
  }

  @Test
  void aDeadDestinationAndThenOneThatHangsTakeNothingFromTheOthers() throws Exception {
    Run run = run("shipped");
    for (String destination : List.of("hospital", "registry", "hl7")) {
      assertTrue(run.alive().at(destination) >= KEPT * BATCHES * BATCH, run.toString());
    }
    assertTrue(run.kept(run.oneDead(), "hospital") >= KEPT, run.toString());
    assertTrue(run.kept(run.oneDead(), "hl7") >= KEPT, run.toString());
    assertTrue(run.kept(run.oneHangs(), "registry") >= KEPT, run.toString());
    assertTrue(run.kept(run.oneHangs(), "hl7") >= KEPT, run.toString());
    assertTrue(run.oneDead().at("registry") == 0, "it was dead");
    assertTrue(run.oneHangs().at("hospital") == 0, "it hung");
  }

  @Test
  void theSameMeasureFallsWhenTheFhirDestinationsShareOneConsumer() throws Exception {
    house.withInstallation(withOneConsumer());
    Run run = run("shared");
    assertTrue(run.kept(run.oneHangs(), "registry") < KEPT, run.toString());
    assertTrue(run.kept(run.oneHangs(), "hl7") >= KEPT, run.toString());
  }

  private static Run run(String name) throws Exception {
    house.startBundle();
    quiet();
    Window alive = window(name + " alive");
    quiet();
    house.registry().goDown();
    Window oneDead = window(name + " dead");
    house.registry().comeBack();
    quiet();
    house.hospital().arm(FhirFault.of(FhirFaultKind.HANG).times(0));
    Window oneHangs = window(name + " hangs");
    house.hospital().clear();
    house.stopBundle();
    return new Run(alive, oneDead, oneHangs);
  }

  private static Window window(String name) {
    for (int batch = 0; batch < BATCHES; batch++) {
      edit(name, patients.subList(batch * BATCH, (batch + 1) * BATCH));
    }
    for (int i = 0; i < LATER; i++) {
      edit("later", patients.subList(BATCHES * BATCH, BATCHES * BATCH + 1));
    }
    return new Window(
        Map.of(
            "hospital", arrived(house.hospital(), name),
            "registry", arrived(house.registry(), name),
            "hl7", framed(name)));
  }

  /** Returns when capture has read the edits; whether they are sent plays no part. */
  private static void edit(String window, List<Long> keys) {
    edits++;
    long before = versions();
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql("update patient set City = :city where PatNum in (:keys)")
        .param("city", window + " " + edits)
        .param("keys", keys)
        .update();
    until("the edits are read", () -> versions() >= before + keys.size());
  }

  private static long versions() {
    return house
        .ledger()
        .count("select sum(version) from record where practice = 'elm' and resource = 'Patient'");
  }

  private static long arrived(HospitalFhirServer at, String window) {
    return at.arrivals().stream()
        .filter(arrival -> arrival.resource() instanceof Patient)
        .filter(
            arrival ->
                String.valueOf(((Patient) arrival.resource()).getAddressFirstRep().getCity())
                    .startsWith(window + " "))
        .map(arrival -> arrival.id())
        .distinct()
        .count();
  }

  private static long framed(String window) {
    return house.hospitalMllp().frames(any -> any.trigger().startsWith("ADT")).stream()
        .map(frame -> new Hl7Json().parse(frame.bytes()))
        .filter(message -> message.at("/PID/0/11/0/3").asText().startsWith(window + " "))
        .map(message -> message.at("/PID/0/3").toString())
        .collect(Collectors.toSet())
        .size();
  }

  private static void quiet() {
    until(
        "everything is read and nothing is due",
        () ->
            house.ledger().count("select count(*) from watermark where paging = 0") == 14
                && house.ledger().count("select count(*) from due") == 0);
  }

  /** The shipped installation, but all that goes out as FHIR goes through one thread. */
  private static Path withOneConsumer() throws Exception {
    Path installation = folder.resolve("installation");
    for (String part : List.of("routes", "mappings", "sql")) {
      FileSystemUtils.copyRecursively(House.home().resolve(part), installation.resolve(part));
    }
    Path route = installation.resolve("routes/outbound/send-fhir.camel.yaml");
    String claim = "          - bean:\n              id: claim\n";
    String shipped = Files.readString(route);
    assertTrue(shipped.contains(claim), "the route begins as it did");
    Files.writeString(
        route,
        "- beans:\n    - name: one\n      type: java.util.concurrent.Executors\n"
            + "      factoryMethod: newSingleThreadExecutor\n"
            + shipped.replace(
                claim,
                "          - threads:\n              id: one-for-all\n              executorService: one\n"
                    + claim));
    return installation;
  }
}
