package pontic;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import pontic.hl7.MllpAnswerFilterFactory;
import pontic.mapping.MapperOf;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.record.Newest;
import pontic.send.Change;
import pontic.send.Dues;
import pontic.send.Hl7Event;
import pontic.send.Hl7Messages;
import pontic.send.Hl7Sends;
import pontic.send.OwnNumbers;
import pontic.store.Leases;
import pontic.store.Store;

/**
 * What goes out as HL7 v2: its beans under the names that the route uses, one route a destination,
 * another for the answers to its own messages.
 */
public final class OutboundHl7 {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final List<Destination> targets;
  private final Map<String, Object> beans;

  private OutboundHl7(List<Destination> targets, Map<String, Object> beans) {
    this.targets = targets;
    this.beans = beans;
  }

  /**
   * @param mappers of practices by name, {@code hl7v2/adt-out}
   * @param folder of the mappings: hl7v2/events-out.yaml, hl7v2/answers-out.yaml
   * @param ownNumbers what each destination calls a row itself
   * @throws IOException if one of these files cannot be read or says something unknown
   */
  public static OutboundHl7 of(
      Settings settings,
      Store store,
      Leases leases,
      Dues dues,
      MapperOf mappers,
      Path folder,
      OwnNumbers ownNumbers)
      throws IOException {
    Map<String, Hl7Event> events =
        YAML.readValue(
            folder.resolve("hl7v2/events-out.yaml").toFile(),
            new TypeReference<Map<String, Hl7Event>>() {});
    Map<String, Hl7Sends.Meaning> answers = new TreeMap<>();
    YAML.readValue(
            folder.resolve("hl7v2/answers-out.yaml").toFile(),
            new TypeReference<Map<String, String>>() {})
        .forEach(
            (code, meaning) ->
                answers.put(code, Hl7Sends.Meaning.valueOf(meaning.toUpperCase(Locale.ROOT))));
    for (Map.Entry<String, Hl7Event> event : events.entrySet()) {
      Change.valueOf(event.getKey().toUpperCase(Locale.ROOT));
      for (Practice practice : settings.practices()) {
        mappers.mapper(practice.id(), event.getValue().mapping());
      }
    }
    Map<String, String> zones =
        settings.practices().stream()
            .collect(Collectors.toMap(Practice::id, practice -> practice.zone().getId()));
    Hl7Messages messages =
        new Hl7Messages(events, mappers, zones, new Newest(store), store.vault(), ownNumbers);
    return new OutboundHl7(
        targets(settings).stream().filter(Destination::enabled).toList(),
        Map.of(
            "mllpAnswerFilter",
            new MllpAnswerFilterFactory(),
            "hl7Sends",
            new Hl7Sends(store, leases, dues, messages, targets(settings), answers)));
  }

  private static List<Destination> targets(Settings settings) {
    return settings.destinations().stream()
        .filter(each -> each.kind() == Destination.Kind.HL7V2)
        .toList();
  }

  /** Before the route files are loaded. */
  public void bind(BiConsumer<String, Object> registry) {
    beans.forEach(registry);
  }

  /** After the route files are loaded: {@code send-hl7-<destination>}. */
  public void addRoutes(CamelContext camel) throws Exception {
    for (Destination target : targets) {
      URI url = URI.create(target.url());
      TemplatedRouteBuilder.builder(camel, "send-hl7")
          .routeId("send-hl7-" + target.id())
          .prefixId("hl7-" + target.id() + "-")
          .parameter("destination", target.id())
          .parameter("host", url.getHost())
          .parameter("port", url.getPort())
          .parameter("consumers", target.connections())
          .parameter("limit", target.requestLimit().toMillis())
          .add();
      if (target.answers()) {
        TemplatedRouteBuilder.builder(camel, "answer-hl7")
            .routeId("answer-hl7-" + target.id())
            .prefixId("answer-" + target.id() + "-")
            .parameter("destination", target.id())
            .parameter("host", url.getHost())
            .parameter("port", url.getPort())
            .parameter("consumers", target.connections())
            .parameter("limit", target.requestLimit().toMillis())
            .add();
      }
    }
  }
}
