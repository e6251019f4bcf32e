package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.AnotherInstallation;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/** A store is lost and an older copy takes its place, as docs/operations.md tells. */
final class RestoreTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 6, 1, 12, 0);
  private static final double SCALE = 0.05;

  /** So long that no start of a process takes as much, scaled: what is not waited for is seen. */
  private static final Duration MARGIN = Duration.ofSeconds(300);

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  /** How a store of one kind is copied, and put back while no process runs. */
  private interface Keeper {
    void copy() throws Exception;

    void putBack() throws Exception;
  }

  @Test
  void afterAnOlderCopyWasPutBackNothingIsWrittenTwiceAndEachReceiptSaysIt() throws Exception {
    try (House house = House.open(folder, SCALE)) {
      Path copy = folder.resolve("copy.db");
      Path store = folder.resolve("data/store");
      restored(
          house,
          new Keeper() {
            @Override
            public void copy() throws Exception {
              assertEquals(201, house.post("/control/backup?file=" + copy));
            }

            @Override
            public void putBack() throws Exception {
              for (String lost : List.of("state.db", "state.db-wal", "state.db-shm")) {
                Files.deleteIfExists(store.resolve(lost));
              }
              Files.move(copy, store.resolve("state.db"));
            }
          });

      // A copy that does not say of itself that it is one: somebody says so by a file.
      house.stopBundle();
      house.with("practices.elm.api.margin", "5s");
      Instant taken = Instant.parse("2026-11-20T03:00:00Z");
      Path said = said(taken);
      house.startBundle();
      assertTrue(house.control("/control/status").contains("\"copyOf\":\"" + taken + "\""));
      assertFalse(Files.exists(said));
      Patient known = Patient.numbered(9001);
      house.accepted("elm", Hospital.adt("A31", "R7", known.withPhone("9715559993")));
      house.untilAllEnded();
      house.ledger().assertEnd("landed", "R7");
      assertEquals(
          "9715559993",
          String.valueOf(house.office("elm").patients(known).get(0).get("HmPhone"))
              .replaceAll("[^0-9]", ""));
    }
  }

  /** The copy is made of a store at rest: the artefact has no pg_dump. */
  @Test
  void soItIsWithAnOlderCopyOfAPostgresStore() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      execute(server, "create database pontic");
      House house =
          House.sandboxOnly(folder, SCALE)
              .busyLanes()
              .with("pontic.capture.period", "3s")
              .with("pontic.store.url", server.getJdbcUrl("postgres", "pontic"));
      try (house) {
        house.startBundle();
        house.untilConnected();
        restored(
            house,
            new Keeper() {
              private Instant taken;

              @Override
              public void copy() throws Exception {
                house.stopBundle();
                taken = Instant.now().truncatedTo(ChronoUnit.SECONDS);
                execute(server, "create database pontic_copy template pontic");
                house.startBundle();
              }

              @Override
              public void putBack() throws Exception {
                execute(server, "drop database pontic");
                execute(server, "alter database pontic_copy rename to pontic");
                said(taken);
              }
            });
      }
    }
  }

  private Path said(Instant taken) throws Exception {
    Path said = Files.createFile(folder.resolve("data/restored"));
    return Files.setLastModifiedTime(said, FileTime.from(taken));
  }

  private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void restored(House house, Keeper store) throws Exception {
    Patient known = Patient.numbered(9001);
    Patient open = Patient.numbered(9002);
    Patient forgotten = Patient.numbered(9003);
    Patient moved = Patient.numbered(9004);
    Patient broken = Patient.numbered(9005);
    LocalDateTime visit = NOON.plusDays(2);
    house.accepted("elm", Hospital.adt("A28", "R1", known));
    house.accepted("elm", Hospital.siu("S12", "R11", broken, "PL-R11", visit, 30, ""));
    house.untilAllEnded();
    // The log was looked at before the copy was made.
    assertEquals(0, new AnotherInstallation(house).counted());
    // Four messages wait for an office that is away, and the copy is made then.
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    house.accepted("elm", Hospital.adt("A28", "R2", open));
    house.accepted("elm", Hospital.siu("S12", "R3", open, "PL-R3", NOON, 30, ""));
    house.accepted("elm", Hospital.adt("A31", "R4", known.withPhone("9715559991")));
    house.accepted("elm", Hospital.siu("S15", "R12", broken, "PL-R11", visit, 30, ""));
    house.untilUnderstood();
    store.copy();
    house.api().faults().clear();
    house.untilAllEnded();
    house.ledger().assertEnd("landed", "R12");
    // The patient calls, and the desk makes the visit anew.
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql("update appointment set AptStatus = 1, AptDateTime = ? where AptNum = ?")
        .params(visit.plusHours(3), house.office("elm").aptNum(broken))
        .update();
    house.accepted("elm", Hospital.adt("A28", "R5", forgotten));
    house.accepted("elm", Hospital.siu("S12", "R6", forgotten, "PL-R6", NOON, 30, ""));
    house.untilAllEnded();
    house.accepted("elm", Hospital.adt("A28", "R8", moved));
    house.accepted("elm", Hospital.siu("S12", "R9", moved, "PL-R9", NOON.plusDays(1), 30, ""));
    house.untilAllEnded();
    house.accepted(
        "elm", Hospital.siu("S13", "R10", moved, "PL-R9", NOON.plusDays(1).plusHours(1), 30, ""));
    house.untilAllEnded();
    for (String id : List.of("R2", "R3", "R4", "R5", "R6", "R8", "R9", "R10")) {
      house.ledger().assertEnd("landed", id);
    }
    String before = rows(house);
    eachStandsOnce(house);

    house.stopBundle();
    store.putBack();
    assertEquals(List.of(), house.api().requests().violations(0));
    house.api().requests().clear();
    house.with("practices.elm.api.margin", MARGIN.toSeconds() + "s");
    house.startBundle();
    assertTrue(
        house.control("/control/status").contains("\"restored\":{\"copyOf\""),
        "the status says what it runs on");
    assertEquals(
        1,
        house
            .ledger()
            .count("select count(*) from audit where action = 'restored' and practice = 'elm'"));
    house.untilAllEnded();
    long found = house.ledger().count("select found_at from store_copy");
    long first = house.api().requests().list("elm").get(0).arrival();
    assertTrue(
        first - found >= LIMIT.plus(MARGIN).toMillis() * SCALE,
        "nothing is asked before the API is done with what was sent last, not "
            + (first - found)
            + " ms after the start");
    for (String id : List.of("R2", "R3", "R4")) {
      Map<String, Object> receipt = house.ledger().receipt(id);
      assertFalse(String.valueOf(receipt.get("receipt_end")).isEmpty());
      assertTrue(
          String.valueOf(receipt.get("receipt_warnings"))
              .contains("the store was restored from a copy of"),
          id);
    }
    assertEquals(before, rows(house), "what stood already was found, not made twice");
    // Nor is broken what the desk made anew since.
    assertEquals("parked", house.ledger().end("R12"), house.ledger().reason("R12"));
    assertTrue(
        house.ledger().reason("R12").contains(" was changed after "), house.ledger().reason("R12"));
    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from message where control_id in ('R5', 'R6', 'R8', 'R9', 'R10')"));

    // The sender says again what it said after the copy.
    house.accepted("elm", Hospital.adt("A28", "R5", forgotten));
    house.accepted("elm", Hospital.siu("S12", "R6", forgotten, "PL-R6", NOON, 30, ""));
    house.accepted("elm", Hospital.adt("A28", "R8", moved));
    house.accepted("elm", Hospital.siu("S12", "R9", moved, "PL-R9", NOON.plusDays(1), 30, ""));
    house.accepted(
        "elm", Hospital.siu("S13", "R10", moved, "PL-R9", NOON.plusDays(1).plusHours(1), 30, ""));
    house.untilAllEnded();
    assertEquals(before, rows(house), "nor is what the copy had never heard of");
    assertEquals("no change", house.ledger().end("R5"), house.ledger().reason("R5"));
    // The reference of the lost booking is not known any more: whose it is, a person says.
    assertEquals("parked", house.ledger().end("R6"));
    assertTrue(
        house.ledger().reason("R6").startsWith("the patient already has AptNum"),
        house.ledger().reason("R6"));
    // Nor is it where its visit was moved since.
    assertEquals("parked", house.ledger().end("R9"));
    assertTrue(
        house
            .ledger()
            .reason("R9")
            .contains("with a reference of Pontic that this store does not know"),
        house.ledger().reason("R9"));
    assertEquals("parked", house.ledger().end("R10"));
    assertEquals(List.of(), house.api().requests().violations(0));
    AnotherInstallation other = new AnotherInstallation(house);
    for (int hour = 0; hour < 3; hour++) {
      assertEquals(0, other.counted(), "what was lost is no other installation's");
    }
  }

  private static void eachStandsOnce(House house) {
    for (int number = 9001; number <= 9005; number++) {
      Patient patient = Patient.numbered(number);
      assertEquals(1, house.office("elm").patients(patient).size());
      assertEquals(number == 9001 ? 0 : 1, house.office("elm").appointments(patient).size());
    }
  }

  /** Of all of them, as they stand in Open Dental. */
  private static String rows(House house) {
    StringBuilder rows = new StringBuilder();
    for (int number = 9001; number <= 9005; number++) {
      Patient patient = Patient.numbered(number);
      rows.append(house.office("elm").patients(patient))
          .append(house.office("elm").appointments(patient))
          .append('\n');
    }
    return rows.toString();
  }
}
