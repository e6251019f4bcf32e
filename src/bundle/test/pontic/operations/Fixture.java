package pontic.operations;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import pontic.practice.Settings;
import pontic.practice.SettingsException;
import pontic.practice.SettingsLoader;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;

/** A store, settings on free ports, rows and requests for the tests of the HTTP side. */
public final class Fixture {

  /** Lines as {@code Users.line} writes them, with the fewest iterations that are allowed. */
  public static final String USERS =
      "vera:viewer:pbkdf2:100000:dmVyYS1vZi10aGUtY29ucw:nHTKkqfh_SopcOmbwgn2dohxiWr1-2zEl1bH7sLDX_g"
          + ",otto:operator:pbkdf2:100000:b3R0by1vZi10aGUtY29ucw:Enp0XDrx2Q_PlyOpCXyKUq8JgRjZBmiTg-B0J5qIppw";

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Fixture() {}

  public static Settings settings(Path data) throws SettingsException {
    return settings(data, Map.of());
  }

  /** The same, with other values of some keys. */
  public static Settings settings(Path data, Map<String, String> others) throws SettingsException {
    Map<String, String> flags = new HashMap<>();
    for (String port : new String[] {"facade", "management", "hawtio"}) {
      flags.put("pontic." + port + ".port", "0");
    }
    flags.put("pontic.data", data.toString());
    flags.put("pontic.facade.wait-seconds", "0");
    flags.putAll(others);
    return new SettingsLoader(Map.of(), flags).load(Path.of("..", "..", "config"));
  }

  public static Store store(Path data) {
    return Stores.open(
        StoreSettings.embedded(data), KeyVault.createDemo(data.resolve("vault.keys")).vault());
  }

  /** A message of {@code sender} at {@code practice}; {@code end} "" = still open. */
  public static void message(
      Store store, String id, String practice, String route, String sender, String end) {
    store.write(
        tx ->
            tx.sql(
                    """
                    insert into message (id, practice, seq, route, sender, type, control_id, digest, accepted_at, body, answer,
                      state, attempts, due_at, receipt_end, receipt_reason, receipt_keys, receipt_settled, receipt_generation,
                      receipt_warnings, ended_at)
                    values (:id, :practice, (select count(*) + 1 from message), :route, :sender, 'Patient', 'C1', 'd', 1000,
                      'SEALED-BODY', '202', :state, 1, 1000, :end, 'because', '{"PatNum":12}', '', 'abc', '["w"]', :ended)
                    """)
                .param("id", id)
                .param("practice", practice)
                .param("route", route)
                .param("sender", sender)
                .param("state", end.isEmpty() ? "accepted" : "ended")
                .param("end", end)
                .param("ended", end.isEmpty() ? 0 : 1450)
                .update());
  }

  public static HttpResponse<String> request(
      String method, String url, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(600))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  public static String permissions(Path file) throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(file));
  }
}
