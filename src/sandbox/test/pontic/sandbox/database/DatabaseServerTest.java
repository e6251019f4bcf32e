package pontic.sandbox.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.Sql;

class DatabaseServerTest {
  @TempDir Path folder;

  @Test
  void aRestartKeepsTheRows() throws Exception {
    PracticePlan plan = PracticePlan.elm(Engine.MYISAM, 10);
    try (DatabaseServer server = DatabaseServer.start(folder, 0);
        Practices practices = new Practices(server)) {
      Practice practice = practices.open(plan);
      Sql.execute(practice, "UPDATE patient SET City='Kept' WHERE PatNum=3");
      server.halt();
      assertFalse(server.isRunning());
      server.resume();
      assertEquals(List.of("Kept"), Sql.rows(practice, "SELECT City FROM patient WHERE PatNum=3"));
    }
    try (DatabaseServer server = DatabaseServer.start(folder, 0);
        Practices practices = new Practices(server)) {
      Practice practice = practices.open(plan);
      assertEquals(10, Sql.number(practice, "SELECT COUNT(*) FROM patient"));
      assertEquals(List.of("Kept"), Sql.rows(practice, "SELECT City FROM patient WHERE PatNum=3"));
      IOException refused =
          assertThrows(
              IOException.class,
              () ->
                  practices.open(
                      new PracticePlan(
                          "elm",
                          plan.zone(),
                          new SchemaLevel(24, 1),
                          "24.1.5.0",
                          Engine.MYISAM,
                          10,
                          false,
                          1,
                          "pontic_read",
                          "x")));
      assertTrue(refused.getMessage().contains("25.3.36.0"), refused.getMessage());
    }
  }

  /** CI machines may have no server; this one comes from the class path. */
  @Test
  void theServerOfTheClassPathStartsOnLoopbackWithAccounts() throws Exception {
    ServerBinaries artefact = ServerBinaries.artefact(folder);
    try (DatabaseServer server = DatabaseServer.start(folder, 0, artefact);
        Practices practices = new Practices(server)) {
      Practice practice = practices.open(PracticePlan.oak(Engine.MYISAM, 20));
      assertEquals(20, Sql.number(practice, "SELECT COUNT(*) FROM patient"));
      assertTrue(Sql.rows(practice, "SELECT VERSION()").get(0).startsWith("11.4.5"));
      assertThrows(
          SQLException.class,
          () ->
              DriverManager.getConnection(server.jdbcUrl(practice.database()), "root", "").close());
      for (InetAddress address : outerAddresses()) {
        assertThrows(
            IOException.class,
            () -> {
              try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, server.port()), 1000);
              }
            });
      }
    }
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      IOException refused =
          assertThrows(IOException.class, () -> DatabaseServer.start(folder, taken.getLocalPort()));
      assertTrue(
          refused.getMessage().contains(String.valueOf(taken.getLocalPort())),
          refused.getMessage());
    }
  }

  @Test
  void aFolderInUseIsRefusedAndItsServerLeftAlone() throws Exception {
    try (DatabaseServer first = DatabaseServer.start(folder, 0)) {
      IOException refused = assertThrows(IOException.class, () -> DatabaseServer.start(folder, 0));
      assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
      assertTrue(first.isRunning());
    }
  }

  @Test
  void manyPracticesAtOnceAreAllThere() throws Exception {
    PracticePlan small = PracticePlan.oak(Engine.MYISAM, 5);
    try (DatabaseServer server = DatabaseServer.start(folder, 0);
        Practices practices = new Practices(server)) {
      List<Practice> opened =
          practices.openAll(IntStream.range(0, 30).mapToObj(i -> small.as("p" + i, i)).toList());
      for (Practice practice : opened) {
        assertEquals(5, Sql.number(practice, "SELECT COUNT(*) FROM patient"));
      }
      assertEquals(30, opened.stream().map(Practice::customerKey).distinct().count());
    }
  }

  private static List<InetAddress> outerAddresses() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(a -> !a.isLoopbackAddress())
        .toList();
  }
}
