package pontic.house;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Chromium without a window, driven as a person would by the W3C WebDriver protocol. What is
 * clicked or typed into is waited for.
 */
public final class Browser implements AutoCloseable {
  /** Pictures stay there after the test. */
  private static final Path PICTURES = Path.of("target", "screenshots");

  private static final Pattern PORT = Pattern.compile(".*started successfully on port (\\d+).*");
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> BROWSERS = List.of("chromium", "chromium-browser");

  private final Process driver;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String session;

  private Browser(Process driver, String url, Path profile) throws Exception {
    this.driver = driver;
    ObjectNode capabilities = JSON.createObjectNode();
    ObjectNode always = capabilities.putObject("capabilities").putObject("alwaysMatch");
    always.put("browserName", "chrome");
    ObjectNode chrome = always.putObject("goog:chromeOptions");
    chrome.put("binary", installed(BROWSERS).orElseThrow().toString());
    ArrayNode arguments = chrome.putArray("args");
    // In a container it often has no sandbox of its own and little shared memory; it sees our pages
    // only.
    Stream.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--window-size=1400,1000",
            "--user-data-dir=" + profile)
        .forEach(arguments::add);
    this.session =
        url + "/session/" + post(url + "/session", capabilities).path("sessionId").asText();
  }

  public static boolean isInstalled() {
    return installed(BROWSERS).isPresent() && installed(List.of("chromedriver")).isPresent();
  }

  /**
   * @param profile folder that it may fill
   */
  public static Browser open(Path profile) throws Exception {
    Process driver =
        new ProcessBuilder(installed(List.of("chromedriver")).orElseThrow().toString(), "--port=0")
            .redirectErrorStream(true)
            .start();
    try {
      return new Browser(driver, "http://127.0.0.1:" + port(driver), profile);
    } catch (Exception | Error e) {
      driver.destroyForcibly();
      throw e;
    }
  }

  private static Optional<Path> installed(List<String> names) {
    return names.stream()
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** It says which port it took. */
  private static String port(Process driver) throws IOException {
    BufferedReader said =
        new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
    String line = said.readLine();
    while (line != null) {
      Matcher port = PORT.matcher(line);
      if (port.matches()) {
        return port.group(1);
      }
      line = said.readLine();
    }
    throw new AssertionError("chromedriver ended before it said its port");
  }

  public void go(String url) throws Exception {
    post(session + "/url", JSON.createObjectNode().put("url", url));
  }

  /** What a person reads on the page. */
  public String text() {
    try {
      ObjectNode script = JSON.createObjectNode().put("script", "return document.body.innerText");
      script.putArray("args");
      return post(session + "/execute/sync", script).asText();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** What a script of ours gives, which sees the page and does nothing to it. */
  public JsonNode value(String script) throws Exception {
    ObjectNode ask = JSON.createObjectNode().put("script", "return " + script);
    ask.putArray("args");
    return post(session + "/execute/sync", ask);
  }

  /** Waits until the page says so. */
  public void reads(String text) {
    until("the page says " + text, () -> text().contains(text));
  }

  public void type(String xpath, String text) {
    on(xpath, "value", JSON.createObjectNode().put("text", text));
  }

  public void click(String xpath) {
    on(xpath, "click", JSON.createObjectNode());
  }

  /** Waits until such an element is drawn, and brings it into sight. */
  public void shows(String xpath) {
    until(
        "the page shows " + xpath,
        () -> {
          try {
            JsonNode found = ask(session + "/element", by(xpath));
            if (found.has("error")) {
              return false;
            }
            ObjectNode script = JSON.createObjectNode();
            script.put(
                "script",
                "arguments[0].scrollIntoView({block: 'center'}); return arguments[0].checkVisibility()");
            script.putArray("args").add(found);
            return ask(session + "/execute/sync", script).asBoolean();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Nobody is logged in any more. */
  public void forget() throws Exception {
    send(HttpRequest.newBuilder(URI.create(session + "/cookie")).DELETE().build());
  }

  /** To look at a page takes it time. */
  private static void until(String what, Supplier<Boolean> condition) {
    House.until(
        what,
        () -> {
          boolean holds = condition.get();
          if (!holds) {
            LockSupport.parkNanos(PAUSE.toNanos());
          }
          return holds;
        });
  }

  /** The page may draw itself anew between finding and doing. */
  private void on(String xpath, String what, ObjectNode with) {
    until(
        what + " at " + xpath,
        () -> {
          try {
            JsonNode found = ask(session + "/element", by(xpath));
            if (found.has("error")) {
              return false;
            }
            String element = found.elements().next().asText();
            return !ask(session + "/element/" + element + "/" + what, with).has("error");
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  /** From here on the page is drawn as on paper of this width. */
  public void paper(int width) throws Exception {
    devtools("Emulation.setEmulatedMedia", JSON.createObjectNode().put("media", "print"));
    devtools(
        "Emulation.setDeviceMetricsOverride",
        JSON.createObjectNode()
            .put("width", width)
            .put("height", 1000)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
  }

  private void devtools(String command, ObjectNode parameters) throws Exception {
    ObjectNode ask = JSON.createObjectNode().put("cmd", command);
    ask.set("params", parameters);
    post(session + "/goog/cdp/execute", ask);
  }

  /** The page as a printer gets it, by the page's own measures; kept beside the pictures. */
  public byte[] print(String name) throws Exception {
    JsonNode printed = post(session + "/print", JSON.createObjectNode().put("background", true));
    byte[] pdf = Base64.getDecoder().decode(printed.asText());
    Files.write(Files.createDirectories(PICTURES).resolve(name + ".pdf"), pdf);
    return pdf;
  }

  /** Keeps what is seen now. */
  public void picture(String name) throws Exception {
    byte[] png =
        Base64.getDecoder().decode(send(get(session + "/screenshot")).path("value").asText());
    Files.write(Files.createDirectories(PICTURES).resolve(name + ".png"), png);
  }

  private static ObjectNode by(String xpath) {
    return JSON.createObjectNode().put("using", "xpath").put("value", xpath);
  }

  private JsonNode post(String url, JsonNode body) throws Exception {
    JsonNode value = ask(url, body);
    if (value.has("error")) {
      throw new AssertionError(
          value.path("error").asText() + ": " + value.path("message").asText());
    }
    return value;
  }

  /** An error is an answer. */
  private JsonNode ask(String url, JsonNode body) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build())
        .path("value");
  }

  private static HttpRequest get(String url) {
    return HttpRequest.newBuilder(URI.create(url)).build();
  }

  private JsonNode send(HttpRequest request) throws Exception {
    return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  @Override
  public void close() throws Exception {
    try {
      send(HttpRequest.newBuilder(URI.create(session)).DELETE().build());
    } finally {
      driver.descendants().forEach(ProcessHandle::destroyForcibly);
      driver.destroy();
      driver.waitFor(600, TimeUnit.SECONDS);
    }
  }
}
