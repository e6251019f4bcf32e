package pontic.practice;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that config/ says, resolved and checked.
 *
 * @param instance name of this process among several on one store; part of its lease holder name
 * @param bind address that all listeners bind
 * @param data the data folder, absolute
 * @param config the folder that was read, absolute
 * @param store blank url = the embedded store in the data folder
 * @param broker blank url = the embedded broker
 * @param wakePeriod how often due work is looked for
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
    Path data,
    Path config,
    Access store,
    Access broker,
    Consumers consumers,
    Duration wakePeriod,
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

  /** Listening ports; 0 = any free one. The ports of the HL7 listeners are the practices' own. */
  public record Ports(int facade, int management, int hawtio) {}

  /** How to reach a store or broker; all blank = embedded. */
  public record Access(String url, String user, Secret password) {
    public boolean embedded() {
      return url.isBlank();
    }
  }

  /** How many tokens of each queue are served at the same time. */
  public record Consumers(int call, int understand, int send) {}
}
