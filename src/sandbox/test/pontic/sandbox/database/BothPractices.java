package pontic.sandbox.database;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** A server with elm and oak, for tests that look into their rows. */
record BothPractices(DatabaseServer server, Practices practices, Practice elm, Practice oak)
    implements AutoCloseable {

  /**
   * @param patients of each
   */
  static BothPractices start(Path folder, int patients) throws IOException, SQLException {
    DatabaseServer server = DatabaseServer.start(folder, 0);
    Practices practices = new Practices(server);
    return new BothPractices(
        server,
        practices,
        practices.open(PracticePlan.elm(Engine.MYISAM, patients)),
        practices.open(PracticePlan.oak(Engine.MYISAM, patients)));
  }

  @Override
  public void close() {
    practices.close();
    server.close();
  }
}
