package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Patient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
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
 * batches of edits, each made when capture has read the one before. While one destination is dead
 * or holds its requests for longer than any window, the others must get all of it; no clock plays a
 * part, for whoever waits for the one that hangs gets nothing before the window ends.
 */
class IsolationTest {
  private static final int BATCHES = 4;
  private static final int BATCH = 9;
  private static final double KEPT = 0.95;
  private static final String HOSPITAL = "hospital";
  private static final String REGISTRY = "registry";
  private static final String HL7 = "hl7";

  @TempDir static Path folder;
  private static House house;
  private static List<Long> patients;
  private static int edits;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder, House.SCALE, BATCHES * BATCH + 10);
    // A request that hangs is held beyond every wait of this test.
    house.with("destinations.hospital.requestLimit", "10m");
    patients =
        JdbcClient.create(house.sandbox().practice("elm").dataSource())
            .sql("select PatNum from patient where PatStatus = 0 order by PatNum")
            .query(Long.class)
            .list();
  }

  @AfterEach
  void stop() throws Exception {
    house.registry().comeBack();
    house.hospital().clear();
    house.stopBundle();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void aDeadDestinationAndThenOneThatHangsTakeNothingFromTheOthers() throws Exception {
    house.withInstallation(House.home()).startBundle();
    quiet();
    load("alive");
    untilArrived("alive", HOSPITAL, REGISTRY, HL7);

    house.registry().goDown();
    load("dead");
    untilArrived("dead", HOSPITAL, HL7);
    assertEquals(0, arrived(REGISTRY, "dead"));
    house.registry().comeBack();
    quiet();

    house.hospital().arm(FhirFault.of(FhirFaultKind.HANG).times(0));
    load("hangs");
    untilArrived("hangs", REGISTRY, HL7);
    assertEquals(0, arrived(HOSPITAL, "hangs"));
  }

  @Test
  void theSameMeasureFallsWhenTheFhirDestinationsShareOneConsumer() throws Exception {
    house.withInstallation(withOneConsumer()).startBundle();
    quiet();
    load("shared alive");
    untilArrived("shared alive", HOSPITAL, REGISTRY, HL7);

    house.hospital().arm(FhirFault.of(FhirFaultKind.HANG).times(0));
    load("shared hangs");
    untilArrived("shared hangs", HL7);
    assertTrue(kept(REGISTRY, "shared hangs") < KEPT, "what the registry got");
  }

  private static void load(String window) {
    for (int batch = 0; batch < BATCHES; batch++) {
      edit(window, patients.subList(batch * BATCH, (batch + 1) * BATCH));
    }
  }

  private static void untilArrived(String window, String... destinations) {
    for (String destination : destinations) {
      until(
          destination + " has what was edited in the window " + window,
          () -> kept(destination, window) >= 1);
    }
  }

  /** The part of the window's load that has arrived. */
  private static double kept(String destination, String window) {
    return (double) arrived(destination, window) / (BATCHES * BATCH);
  }

  private static long arrived(String destination, String window) {
    return switch (destination) {
      case HOSPITAL -> arrived(house.hospital(), window);
      case REGISTRY -> arrived(house.registry(), window);
      default -> framed(window);
    };
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

  /** The shipped installation, but one consumer takes the tokens of all FHIR destinations. */
  private static Path withOneConsumer() throws Exception {
    Path installation = folder.resolve("installation");
    for (String part : List.of("routes", "mappings", "sql")) {
      FileSystemUtils.copyRecursively(House.home().resolve(part), installation.resolve(part));
    }
    Path route = installation.resolve("routes/outbound/send-fhir.camel.yaml");
    String own =
        """
                uri: jms:queue:send-fhir
                parameters:
                  selector: destination = '{{destination}}'
                  concurrentConsumers: "{{consumers}}"
        """;
    String shipped = Files.readString(route);
    assertTrue(shipped.contains(own), "the route begins as it did");
    Files.writeString(
        route,
        shipped.replace(own, "        uri: direct:send-fhir-{{destination}}\n")
            + """
            - route:
                id: all-fhir
                routeConfigurationId: target-down
                from:
                  id: all-tokens
                  uri: jms:queue:send-fhir
                  steps:
                    - toD:
                        id: all-destinations
                        uri: direct:send-fhir-${header.destination}
            """);
    return installation;
  }
}
