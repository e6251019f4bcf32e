package pontic.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import pontic.sandbox.database.Practice;

/** A running API over elm and oak, and a client that sends what Open Dental's API asks for. */
final class TestApi implements AutoCloseable {
  /** Distinguishes the patients of different tests in the shared database. */
  private static final AtomicLong PEOPLE = new AtomicLong(System.nanoTime());

  private static final ObjectMapper JSON = new ObjectMapper();

  /** An answer: {@code json} is a missing node when the body is not JSON. */
  record Reply(int status, String text, JsonNode json, HttpResponse<String> http) {
    Optional<String> header(String name) {
      return http.headers().firstValue(name);
    }
  }

  final OpenDentalApi api;
  final Practice elm;
  final Practice oak;
  private final int port;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TestApi(OpenDentalApi api, Practice elm, Practice oak, int port) {
    this.api = api;
    this.elm = elm;
    this.oak = oak;
    this.port = port;
  }

  static TestApi start(Practice elm, Practice oak, double timeScale) {
    try {
      OpenDentalApi api = OpenDentalApi.start(timeScale);
      api.serve(
          "elm", elm.zone(), elm.dataSource(), OpenDentalApi.ELM_KEY, OfficeSettings.standard());
      api.serve(
          "oak", oak.zone(), oak.dataSource(), OpenDentalApi.OAK_KEY, OfficeSettings.standard());
      return new TestApi(api, elm, oak, api.listen(0));
    } catch (Exception e) {
      throw new IllegalStateException("the sandbox API did not start", e);
    }
  }

  /** Elm without throttle, for tests of what methods do. */
  TestApi unthrottled() {
    api.change("elm", settings -> settings.withMode(Mode.SERVICE));
    api.change("oak", settings -> settings.withMode(Mode.SERVICE));
    return this;
  }

  int port() {
    return port;
  }

  Reply get(String path) {
    return send(request("GET", path, "", OpenDentalApi.ELM_KEY).build());
  }

  Reply getOak(String path) {
    return send(request("GET", path, "", OpenDentalApi.OAK_KEY).build());
  }

  Reply post(String path, String body) {
    return send(request("POST", path, body, OpenDentalApi.ELM_KEY).build());
  }

  Reply put(String path, String body) {
    return send(request("PUT", path, body, OpenDentalApi.ELM_KEY).build());
  }

  Reply putOak(String path, String body) {
    return send(request("PUT", path, body, OpenDentalApi.OAK_KEY).build());
  }

  Reply postOak(String path, String body) {
    return send(request("POST", path, body, OpenDentalApi.OAK_KEY).build());
  }

  CompletableFuture<Reply> later(String method, String path, String body, String customerKey) {
    return client
        .sendAsync(
            request(method, path, body, customerKey).build(), HttpResponse.BodyHandlers.ofString())
        .thenApply(TestApi::reply);
  }

  HttpRequest.Builder request(String method, String path, String body, String customerKey) {
    return bare(method, path, body)
        .header("Authorization", "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + customerKey)
        .header("Content-Type", "application/json");
  }

  HttpRequest.Builder bare(String method, String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
        .timeout(Duration.ofSeconds(30))
        .method(
            method,
            body.isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body));
  }

  Reply send(HttpRequest request) {
    try {
      return tryToSend(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Reply tryToSend(HttpRequest request) throws IOException {
    try {
      return reply(client.send(request, HttpResponse.BodyHandlers.ofString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Reply reply(HttpResponse<String> http) {
    JsonNode json;
    try {
      json = JSON.readTree(http.body());
    } catch (IOException e) {
      json = JsonNodeFactory.instance.missingNode();
    }
    return new Reply(http.statusCode(), http.body(), json, http);
  }

  /** A last name that no other test has. */
  String newName() {
    return "Fern" + PEOPLE.incrementAndGet();
  }

  /** Posts a patient and gives the key. */
  long newPatient() {
    Reply reply = post("/patients", "{\"LName\":\"" + newName() + "\",\"FName\":\"Ada\"}");
    if (reply.status() != 201) {
      throw new AssertionError("POST /patients: " + reply.status() + " " + reply.text());
    }
    return reply.json().get("PatNum").asLong();
  }

  ObjectNode appointment(long patNum, String time) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("PatNum", patNum)
        .put("Op", operatory())
        .put("AptDateTime", time);
  }

  long newAppointment(long patNum, String time) {
    Reply reply = post("/appointments", appointment(patNum, time).toString());
    if (reply.status() != 201) {
      throw new AssertionError("POST /appointments: " + reply.status() + " " + reply.text());
    }
    return reply.json().get("AptNum").asLong();
  }

  long operatory() {
    return one("select min(OperatoryNum) as k from operatory where IsHidden = 0").number("k");
  }

  List<Row> rows(String sql, Object... values) {
    return rows(elm, sql, values);
  }

  List<Row> rows(Practice practice, String sql, Object... values) {
    try {
      return new Database(practice.dataSource()).query(sql, values);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  Row one(String sql, Object... values) {
    return rows(sql, values).get(0);
  }

  void change(Practice practice, String sql, Object... values) {
    try {
      new Database(practice.dataSource()).update(sql, List.of(values));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws Exception {
    api.close();
  }
}
