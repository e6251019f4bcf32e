package pontic.sandbox.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import pontic.sandbox.database.DatabaseServer;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.Practice;
import pontic.sandbox.database.PracticePlan;
import pontic.sandbox.database.Practices;

/**
 * One real MariaDB with elm (25.3) and oak (23.1) for all API tests; each test has an API of its
 * own on it.
 */
final class SandboxDatabase implements ParameterResolver {

  /** Closed by JUnit at the end of the run. */
  static final class Running implements AutoCloseable {
    private final Path folder;
    private final DatabaseServer server;
    private final Practices practices;
    private final Practice elm;
    private final Practice oak;

    Running() {
      try {
        folder = Files.createTempDirectory("pontic-api");
        server = DatabaseServer.start(folder, 0);
        practices = new Practices(server);
        elm = practices.open(PracticePlan.elm(Engine.MYISAM, 20));
        oak = practices.open(PracticePlan.oak(Engine.MYISAM, 20));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (SQLException e) {
        throw new IllegalStateException("the sandbox database did not open", e);
      }
    }

    @Override
    public void close() throws IOException {
      practices.close();
      server.close();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestApi.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Running running =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(SandboxDatabase.class))
            .getOrComputeIfAbsent(Running.class, type -> new Running(), Running.class);
    double scale = parameter.findAnnotation(TimeScale.class).map(TimeScale::value).orElse(0.05);
    TestApi api = TestApi.start(running.elm, running.oak, scale);
    context
        .getStore(ExtensionContext.Namespace.create(SandboxDatabase.class, context.getUniqueId()))
        .put("api", api);
    return api;
  }
}
