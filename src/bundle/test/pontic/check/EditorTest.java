package pontic.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.introspect.AnnotatedField;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pontic.house.House;

/** Every route file means the same to Camel after an editor has opened and saved it. */
final class EditorTest {
  /** Where in the file something stands, and what Camel counts while it reads. */
  private static final Set<String> OF_THE_READING =
      Set.of("parent", "lineNumber", "location", "index", "blocks", "routeConfiguration");

  private static final ObjectMapper MODEL =
      new ObjectMapper()
          .setVisibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
          .setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public boolean hasIgnoreMarker(AnnotatedMember member) {
                  return member instanceof AnnotatedField && isOfTheReading(member);
                }

                private boolean isOfTheReading(AnnotatedMember member) {
                  return OF_THE_READING.contains(member.getName())
                      || !member
                          .getType()
                          .getRawClass()
                          .getName()
                          .matches(
                              "(java\\.(lang|util)|org\\.apache\\.camel\\.model)\\..*|int|long|boolean");
                }
              });

  @ParameterizedTest
  @EnumSource
  void camelMakesTheSameRouteOfWhatAnEditorSaves(Editor editor) throws Exception {
    for (Path file : files()) {
      String text = Files.readString(file);
      String saved = editor.saved(text);
      assertNotEquals(text, saved);
      assertEquals(
          model(file, text).toPrettyString(),
          model(file, saved).toPrettyString(),
          () -> file.getFileName() + "\n" + saved);
      assertEquals(saved, editor.saved(saved), "saved again it stays as it is");
    }
  }

  @Test
  void theComparisonSeesEveryWordThatCamelReads() throws Exception {
    for (Path file : files()) {
      String text = Files.readString(file);
      JsonNode whole = model(file, text);
      for (String key :
          List.of("id: ", "description: ", "method: ", "logExhausted: ", "uri: ", "name: ")) {
        int at = text.indexOf(key);
        if (at >= 0) {
          int end = text.indexOf('\n', at);
          String other =
              key.equals("logExhausted: ")
                  ? key + "true"
                  : key.equals("uri: ") ? key + "direct:other" : key + "other";
          assertNotEquals(
              whole,
              model(file, text.substring(0, at) + other + text.substring(end)),
              file.getFileName() + " without its " + key);
        }
      }
    }
  }

  /** An editor gives a random one to what has none, and its name on receipts would change. */
  @Test
  void everythingThatCanHaveAnIdHasOne() throws Exception {
    for (Path file : files()) {
      named(model(file, Files.readString(file)), file.getFileName().toString());
    }
  }

  private static void named(JsonNode node, String place) {
    // A condition is no step of its own; the route of a template is called as the template.
    if (node.has("customId") && !place.matches(".*/(onWhen|route)")) {
      assertTrue(node.path("customId").asBoolean(), place + ": " + node.toPrettyString());
    }
    node.properties().forEach(each -> named(each.getValue(), place + "/" + each.getKey()));
    if (node.isArray()) {
      node.forEach(each -> named(each, place));
    }
  }

  private static List<Path> files() throws Exception {
    try (Stream<Path> files = Files.walk(House.home().resolve("routes"))) {
      List<Path> found = files.filter(Files::isRegularFile).sorted().toList();
      assertFalse(found.isEmpty());
      return found;
    }
  }

  /** All that Camel knows of a file, in order. */
  private static JsonNode model(Path file, String text) throws Exception {
    try (DefaultCamelContext camel = new DefaultCamelContext(false)) {
      camel.disableJMX();
      for (RoutesBuilder builder :
          PluginHelper.getRoutesLoader(camel)
              .findRoutesBuilders(ResourceHelper.fromString(file.getFileName().toString(), text))) {
        if (builder instanceof RouteConfigurationsBuilder configurations) {
          camel.addRoutesConfigurations(configurations);
        }
        camel.addRoutes(builder);
      }
      List<Object> all = new ArrayList<>();
      all.addAll(camel.getRouteConfigurationDefinitions());
      all.addAll(camel.getRouteTemplateDefinitions());
      all.addAll(camel.getRouteDefinitions());
      assertEquals(1, new HashSet<>(all).size(), file.toString());
      return MODEL.valueToTree(all);
    }
  }
}
