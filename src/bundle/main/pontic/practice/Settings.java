package pontic.practice;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that config/ says, resolved and checked.
 *
 * @param instance name of this process among several on one store; part of its lease holder name
 * @param bind address that all listeners bind
 * @param facade what all bases of the façade have in common
 * @param data the data folder, absolute
 * @param config the folder that was read, absolute; of a running generation it is its own copy
 * @param store blank url = the embedded store in the data folder
 * @param broker blank url = the embedded broker
 * @param callConsumers how many API requests may be under way at the same time
 * @param practices in order of their id
 * @param longestPause no office is left alone longer, whatever Retry-After its API sends
 * @param destinations in order of their id
 * @param properties all keys of application.properties with their resolved values, secrets left
 *     out; for {@code {{placeholders}}} in routes
 */
public record Settings(
    String instance,
    String bind,
    Ports ports,
    FacadeTerms facade,
    Path data,
    Path config,
    Access store,
    Access broker,
    int callConsumers,
    Duration longestPause,
    List<Practice> practices,
    List<Destination> destinations,
    Map<String, String> properties) {

  public Settings {
    practices = List.copyOf(practices);
    destinations = List.copyOf(destinations);
    properties = Map.copyOf(properties);
  }

  public Optional<Practice> practice(String id) {
    return practices.stream().filter(practice -> practice.id().equals(id)).findFirst();
  }

  public Optional<Destination> destination(String id) {
    return destinations.stream().filter(destination -> destination.id().equals(id)).findFirst();
  }

  /**
   * Keys whose value is another one in {@code process} and that do not change while a process runs:
   * they say what it is and where it listens and stores.
   */
  public List<String> needsRestart(Settings process) {
    Map<String, Boolean> same = new LinkedHashMap<>();
    same.put("pontic.instance", instance.equals(process.instance));
    same.put("pontic.bind", bind.equals(process.bind));
    same.put("pontic.data", data.equals(process.data));
    same.put("pontic.facade.port", ports.facade == process.ports.facade);
    same.put("pontic.management.port", ports.management == process.ports.management);
    same.put("pontic.hawtio.port", ports.hawtio == process.ports.hawtio);
    same.put("pontic.facade.keyStore", facade.tls().on() == process.facade.tls().on());
    same.put("pontic.facade.connections", facade.connections == process.facade.connections);
    same.put("pontic.facade.header-seconds", facade.header.equals(process.facade.header));
    same.put("pontic.facade.largest-body", facade.largest == process.facade.largest);
    same.put("pontic.store", store.equals(process.store));
    same.put("pontic.broker", broker.equals(process.broker));
    return same.keySet().stream().filter(key -> !same.get(key)).toList();
  }

  /** These settings with what {@link #needsRestart} compares as the process has it. */
  public Settings within(Settings process) {
    Map<String, String> kept = new HashMap<>(properties);
    for (String key : needsRestart(process)) {
      kept.computeIfPresent(key, (name, value) -> process.properties.get(name));
    }
    return new Settings(
        process.instance,
        process.bind,
        process.ports,
        facade,
        process.data,
        config,
        process.store,
        process.broker,
        callConsumers,
        longestPause,
        practices,
        destinations,
        kept);
  }

  /** Listening ports; 0 = any free one. The ports of the HL7 listeners are the practices' own. */
  public record Ports(int facade, int management, int hawtio) {}

  /**
   * The façade's listener.
   *
   * @param tls {@link Practice.Tls#NONE} for plain text
   * @param patience how long an answer waits for what was accepted to land; zero: not at all
   * @param connections at once
   * @param header how long the lines before a body may take
   * @param largest bytes of one body of FHIR
   */
  public record FacadeTerms(
      Practice.Tls tls, Duration patience, int connections, Duration header, int largest) {}

  /** How to reach a store or broker; all blank = embedded. */
  public record Access(String url, String user, Secret password) {
    public boolean embedded() {
      return url.isBlank();
    }
  }
}
