package pontic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.sql.DefaultSqlEndpoint;
import org.apache.camel.component.sql.SqlPrepareStatementStrategy;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class NamedParametersTest {
  @TempDir Path folder;

  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final SqlPrepareStatementStrategy ours = new NamedParameters();
  private ProducerTemplate template;

  @BeforeEach
  void start() {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + folder.resolve("a.db"));
    camel.getRegistry().bind("source", source);
    camel.getCamelContextExtension().registerEndpointCallback(new NamedParameters());
    camel.start();
    template = camel.createProducerTemplate();
  }

  @AfterEach
  void stop() throws Exception {
    camel.close();
  }

  @Test
  void valuesComeFromTheBodyThenTheHeadersAndOneNameMayStandTwice() throws Exception {
    String sql = "select :#a as a, :#b as b, :#a as c, ':x' as d";
    assertEquals(
        List.of(Map.of("a", 1, "b", "y", "c", 1, "d", ":x")),
        ask(sql, Map.of("a", 1), Map.of("a", 9, "b", "y")));
    assertEquals(
        List.of(Map.of("a", 2, "b", "z", "c", 2, "d", ":x")),
        ask(sql, Map.of("a", 2, "b", "z"), Map.of()));
  }

  @Test
  void aNameThatNobodyHasIsNamed() {
    CamelExecutionException thrown =
        assertThrows(
            CamelExecutionException.class, () -> ask("select :#nothing as a", "", Map.of()));
    assertTrue(thrown.getCause().getMessage().contains(":#nothing"), thrown.toString());
  }

  @Test
  void listsExpressionsAndPlaceholdersStayCamels() throws Exception {
    assertEquals(
        List.of(Map.of("n", 1)),
        ask("select 3 in (:#in:some) as n", "", Map.of("some", List.of(1, 2, 3))));
    assertEquals(List.of(Map.of("n", "body")), ask("select :#${body} as n", "body", Map.of()));
    assertEquals(List.of(Map.of("n", "body")), ask("select # as n", "body", Map.of()));
    assertEquals(List.of(Map.of("n", 5)), ask("select 5 as n", "", Map.of()));
  }

  @Test
  void anEndpointThatNamesAWayOfItsOwnKeepsIt() {
    camel.getRegistry().bind("own", ours);
    assertEquals(
        ours,
        camel
            .getEndpoint(
                "sql:select 1?dataSource=#source&prepareStatementStrategy=#own",
                DefaultSqlEndpoint.class)
            .getPrepareStatementStrategy());
  }

  private Object ask(String sql, Object body, Map<String, Object> headers) throws Exception {
    Path file =
        Files.writeString(Files.createTempFile(folder, "q", ".sql"), "-- A comment\n" + sql);
    return template.requestBodyAndHeaders(
        "sql:resource:file:" + file + "?dataSource=#source", body, headers);
  }
}
