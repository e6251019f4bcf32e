package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * The disk of the store is really full: a small file system of its own, which root may mount. Of
 * the embedded store it holds the data folder, of PostgreSQL the table space of its database, as
 * where its log is on another disk.
 */
final class DiskFullTest {
  private static final AtomicInteger NUMBER = new AtomicInteger(52_000);

  @TempDir Path folder;

  @Test
  void onAFullDiskNothingIsAcknowledgedHealthSaysWhyAndWorkGoesOnByItselfOnceThereIsRoom()
      throws Exception {
    Path data = mounted("data");
    try (House house = House.open(folder)) {
      full(house, data.resolve("filler"), "disk is full");
    } finally {
      unmount(data);
    }
  }

  @Test
  void theSameHoldsWhereTheTableSpaceOfPostgresIsFull() throws Exception {
    Path space = mounted("space");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      execute(postgres, "create tablespace small location '" + space + "'");
      execute(postgres, "create database kept tablespace small");
      House house =
          House.sandboxOnly(folder)
              .busyLanes()
              .with("pontic.capture.period", "3s")
              .with("pontic.store.url", postgres.getJdbcUrl("postgres", "kept"))
              .with("pontic.store.user", "postgres");
      try (house) {
        house.startBundle();
        house.untilConnected();
        full(house, space.resolve("filler"), "53100");
      }
    } finally {
      unmount(space);
    }
  }

  /** A small file system. */
  private Path mounted(String name) throws Exception {
    Path place = Files.createDirectories(folder.resolve(name));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=96m,mode=0700", "tmpfs", place.toString()),
        "only root can mount a file system that is small enough to be filled");
    return place;
  }

  private static void unmount(Path place) throws Exception {
    assertTrue(run("umount", "-l", place.toString()));
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * @param reason what health tells of the database's words
   */
  private void full(House house, Path filler, String reason) throws Exception {
    Patient landed = patient();
    house.ended("elm", Hospital.adt("A28", "before", landed));
    // Acknowledged, and waits for an office that is away.
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    Patient waiting = patient();
    house.accepted("elm", Hospital.adt("A28", "waiting", waiting));

    List<Patient> acknowledged = new ArrayList<>(List.of(landed, waiting));
    Patient refused = patient();
    String[] answer = new String[1];
    // What the store folds in meanwhile makes room once more, and what is taken then is taken.
    House.until(
        "a frame is answered AE",
        () -> {
          fill(filler);
          Patient next = patient();
          answer[0] = sent(house, Hospital.adt("A28", "full-" + next.mrn(), next));
          if (answer[0].equals("AA")) {
            acknowledged.add(next);
          }
          return answer[0].equals("AE");
        });
    House.until(
        "the façade says 503",
        () -> {
          fill(filler);
          HttpResponse<String> told = put(house, patient());
          assertTrue(List.of(202, 503).contains(told.statusCode()), told.body());
          return told.statusCode() == 503 && told.body().contains("OperationOutcome");
        });
    House.until(
        "health says why",
        () -> {
          fill(filler);
          HttpResponse<String> health = health(house);
          return health.statusCode() == 503
              && health.body().contains("\"store\"")
              && health.body().contains(reason);
        });

    house.api().faults().clear();
    Files.delete(filler);
    House.until(
        "frames are taken again",
        () -> sent(house, Hospital.adt("A28", "again", refused)).equals("AA"));
    acknowledged.add(refused);
    house.untilAllEnded();
    for (Patient each : acknowledged) {
      assertEquals(1, house.office("elm").patients(each).size(), each.mrn());
    }
    House.until("health is well", () -> health(house).statusCode() == 200);
  }

  private static Patient patient() {
    int number = NUMBER.addAndGet(361);
    return Patient.numbered(number).withFirst("Robin" + (char) ('a' + number % 26));
  }

  /** Until not another byte fits. */
  private static void fill(Path filler) {
    byte[] block = new byte[4096];
    try (OutputStream out =
        Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertTrue(full.getMessage().contains("No space left"), full.getMessage());
    }
  }

  private static String sent(House house, byte[] message) {
    try {
      return house.send("elm", message);
    } catch (Exception e) {
      throw new AssertionError("a frame is answered, whatever stands of the disk", e);
    }
  }

  private static HttpResponse<String> put(House house, Patient patient) {
    return request(
        "PUT",
        "http://127.0.0.1:"
            + house.flags().get("pontic.facade.port")
            + "/fhir/elm/Patient/"
            + patient.mrn(),
        """
{"resourceType": "Patient", "id": "%s", "name": [{"family": "%s", "given": ["%s"]}], "gender": "female", "birthDate": "1971-01-01"}
"""
            .formatted(patient.mrn(), patient.last(), patient.first()));
  }

  private static HttpResponse<String> health(House house) {
    return request(
        "GET", "http://127.0.0.1:" + house.flags().get("pontic.management.port") + "/health", "");
  }

  private static HttpResponse<String> request(String method, String url, String body) {
    try {
      return Fixture.request(
          method,
          url,
          body,
          "Content-Type",
          "application/fhir+json",
          "Authorization",
          "Bearer ElmFacadeToken01",
          "Prefer",
          "respond-async");
    } catch (Exception e) {
      throw new AssertionError("a request is answered, whatever stands of the disk", e);
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return process.waitFor(600, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    }
  }
}
