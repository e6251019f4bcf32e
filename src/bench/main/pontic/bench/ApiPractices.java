package pontic.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pontic.sandbox.api.OpenDentalApi;

/**
 * Practices whose API is the sandbox's, as the product's config names them: written to, and nothing
 * read of them but what a write needs.
 *
 * @param ids of the practices
 * @param port of the API
 */
record ApiPractices(Setting setting, List<String> ids, int port) {

  /** A feed that the API has no list for: a lane has only its writes to do. */
  private static final String NOTHING = "appointment-broken";

  ApiPractices {
    ids = List.copyOf(ids);
  }

  /** The customer key of a practice. */
  static String key(String id) {
    return "BenchKey" + "0".repeat(8 - id.length()) + id;
  }

  /** A config folder for a process. */
  Path config(Path folder) throws IOException {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.write(
        config.resolve("application.properties"),
        Files.readAllBytes(setting.home().resolve("config/application.properties")));
    Files.createDirectories(config.resolve("destinations"));
    Path practices = Files.createDirectories(config.resolve("practices"));
    for (String id : ids) {
      Files.writeString(
          practices.resolve(id + ".yaml"),
          """
          id: %s
          zone: America/New_York
          api:
            url: http://127.0.0.1:%d/api/v1
            developerKey: "%s"
            customerKey: "{{env:BENCH_KEY}}"
            mode: remote
          database:
            enabled: false
            feeds: %s
          hl7:
            port: 0
          facade:
            clients: []
          codes: {}
          """
              .formatted(id, port, OpenDentalApi.DEVELOPER_KEY, NOTHING));
    }
    return config;
  }

  /**
   * What is laid over the files of one process: no secret stands in a file, and each process has
   * its own ports.
   *
   * @param listeners port by practice
   */
  Map<String, String> flags(Map<String, Integer> listeners) throws IOException {
    Map<String, String> flags = new HashMap<>(Product.flags(1000));
    ids.forEach(id -> flags.put("practices." + id + ".api.customerKey", key(id)));
    listeners.forEach(
        (id, listener) -> flags.put("practices." + id + ".hl7.port", Integer.toString(listener)));
    return flags;
  }
}
