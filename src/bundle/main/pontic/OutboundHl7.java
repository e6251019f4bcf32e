package pontic;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.support.jsse.SSLContextParameters;
import pontic.hl7.HandshakeFirstFactory;
import pontic.hl7.MllpAnswerFilterFactory;
import pontic.hl7.MllpClientTls;
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

  /** With the destination's id behind it. */
  static final String TLS = "destinationTls-";

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
            "handshakeFirst",
            new HandshakeFirstFactory(),
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
    targets.forEach(each -> registry.accept(TLS + each.id(), tls(each)));
  }

  /** In the clear nobody asks for it; the routes name it all the same. */
  private static SSLContextParameters tls(Destination target) {
    try {
      URI url = URI.create(target.url());
      return target.isSecure()
          ? MllpClientTls.of(target.tls(), url.getHost(), url.getPort())
          : new SSLContextParameters();
    } catch (IOException | GeneralSecurityException e) {
      // Both files were opened when the configuration was read.
      throw new IllegalStateException(
          "a key file of destination " + target.id() + " was taken away meanwhile", e);
    }
  }

  /** After the route files are loaded: {@code send-hl7-<destination>}. */
  public void addRoutes(CamelContext camel) throws Exception {
    for (Destination target : targets) {
      add(camel, "send-hl7", "hl7-", target);
      if (target.answers()) {
        add(camel, "answer-hl7", "answer-", target);
      }
    }
  }

  private static void add(CamelContext camel, String template, String prefix, Destination target)
      throws Exception {
    URI url = URI.create(target.url());
    TemplatedRouteBuilder.builder(camel, template)
        .routeId(template + "-" + target.id())
        .prefixId(prefix + target.id() + "-")
        .parameter("destination", target.id())
        .parameter("host", url.getHost())
        .parameter("port", url.getPort())
        .parameter("tls", target.isSecure())
        .parameter("consumers", target.connections())
        .parameter("limit", target.requestLimit().toMillis())
        .add();
  }
}
