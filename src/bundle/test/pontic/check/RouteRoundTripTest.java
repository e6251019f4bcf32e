package pontic.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.NamedNode;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.xml.LwModelToXMLDumper;
import org.apache.camel.yaml.LwModelToYAMLDumper;
import org.junit.jupiter.api.Test;
import pontic.house.House;

/**
 * An editor such as Kaoto reads a route file into Camel's model and writes the model back: nothing
 * that a route does may stand in what such a round loses.
 */
final class RouteRoundTripTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static List<Path> files() throws Exception {
    try (Stream<Path> files = Files.walk(House.home().resolve("routes"))) {
      return files.filter(file -> file.toString().endsWith(".camel.yaml")).sorted().toList();
    }
  }

  /** What Camel's model says of a file. */
  private static final class Model implements AutoCloseable {
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final NamedNode whole;

    Model(String text) throws Exception {
      camel.disableJMX();
      for (RoutesBuilder builder :
          PluginHelper.getRoutesLoader(camel)
              .findRoutesBuilders(ResourceHelper.fromString("file.camel.yaml", text))) {
        if (builder instanceof RouteConfigurationsBuilder configurations) {
          camel.addRoutesConfigurations(configurations);
        }
        camel.addRoutes(builder);
      }
      whole =
          Stream.of(
                  camel.getRouteTemplateDefinitions(),
                  camel.getRouteConfigurationDefinitions(),
                  camel.getRouteDefinitions())
              .<NamedNode>flatMap(List::stream)
              .findFirst()
              .orElseThrow();
    }

    String yaml() throws Exception {
      return new LwModelToYAMLDumper().dumpModelAsYaml(camel, whole, false, true, false, false);
    }

    /** By another writer than the one that is looked at. */
    String xml() throws Exception {
      return new LwModelToXMLDumper().dumpModelAsXml(camel, whole, false, false, false);
    }

    @Override
    public void close() throws Exception {
      camel.close();
    }
  }

  private static Set<String> ids(JsonNode node, Set<String> ids) {
    if (node.path("id").isTextual()) {
      ids.add(node.path("id").asText());
    }
    node.forEach(child -> ids(child, ids));
    return ids;
  }

  private static String id(String file) throws Exception {
    return ids(YAML.readTree(file), new TreeSet<>()).toString();
  }

  @Test
  void everyRouteFileIsTheSameAfterItWasReadAndWritten() throws Exception {
    List<Path> files = files();
    assertTrue(files.size() > 20, files::toString);
    for (Path file : files) {
      String text = Files.readString(file);
      try (Model before = new Model(text);
          Model after = new Model(before.yaml())) {
        assertEquals(before.xml(), after.xml(), file.toString());
        assertEquals(before.yaml(), after.yaml(), file.toString());
        assertEquals(id(text), id(after.yaml()), file + " has other ids");
      }
    }
  }

  @Test
  void aLostStepWouldBeSeen() throws Exception {
    String text = Files.readString(files().get(0));
    JsonNode tree = YAML.readTree(text);
    assertTrue(!tree.findValues("steps").isEmpty());
    try (Model before = new Model(text);
        Model after = new Model(text.replaceFirst("description: .*", "description: another"))) {
      assertTrue(!before.xml().equals(after.xml()));
    }
  }
}
