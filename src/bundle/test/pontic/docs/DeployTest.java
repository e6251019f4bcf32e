package pontic.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.practice.Settings;
import pontic.practice.SettingsLoader;

/** deploy/ against the product: what cannot be run here is at least about things that exist. */
final class DeployTest {

  private static final String UNIT = "deploy/systemd/pontic.service";
  private static final String ONE = "deploy/kubernetes/one/";
  private static final String SEVERAL = "deploy/kubernetes/several/";

  @TempDir Path folder;

  @Test
  void everyYamlFileHoldsSomething() throws IOException {
    List<String> files = Project.files("deploy", ".yaml");
    assertTrue(files.size() > 10, files::toString);
    for (String file : files) {
      for (JsonNode document : Project.documents(Project.HOME.resolve(file))) {
        assertTrue(document.isObject() && !document.isEmpty(), file);
      }
    }
  }

  @Test
  void everyVariableInDeployIsOneThatPonticReads() throws IOException {
    Set<String> known = Project.environment();
    int seen = 0;
    for (String file : Project.files("deploy", "")) {
      for (String name : Project.variablesIn(Project.text(file))) {
        assertTrue(known.contains(name), file + " names " + name + ", which nobody reads");
        seen++;
      }
    }
    assertTrue(seen > 20);
    for (String name : Project.variablesIn(Project.text("docs/deploy.md"))) {
      assertTrue(known.contains(name), "docs/deploy.md names " + name);
    }
  }

  @Test
  void theSitesConfigLoadsWithTheSecretsThatEachFormGives() throws Exception {
    Set<String> used =
        Project.files("deploy/config", "").stream()
            .flatMap(DeployTest::filesNamed)
            .collect(Collectors.toCollection(TreeSet::new));
    Map<String, Set<String>> given =
        Map.of(
            "systemd", credentials(),
            "compose", names(Project.yaml("deploy/container/compose.yaml").path("secrets")),
            "several", names(Project.yaml("deploy/container/compose.several.yaml").path("secrets")),
            "kubernetes", names(secret("pontic-secrets").path("stringData")));
    for (Map.Entry<String, Set<String>> form : given.entrySet()) {
      assertEquals(used, form.getValue(), form.getKey());
      Path secrets = Files.createDirectories(folder.resolve(form.getKey()));
      for (String name : form.getValue()) {
        Files.writeString(secrets.resolve(name), "secret-of-" + name + "\n");
      }
      Settings settings =
          new SettingsLoader(Map.of("PONTIC_SECRETS_DIR", secrets.toString()), Map.of())
              .load(Project.HOME.resolve("deploy/config"));
      assertEquals(
          "secret-of-elm-customer-key",
          settings.practice("elm").orElseThrow().api().customerKey().value());
    }
  }

  @Test
  void theSitesConfigTellsTheSameEnvironmentAsTheShippedOne() throws IOException {
    String shipped = Project.text("config/application.properties");
    Project.text("deploy/config/application.properties")
        .lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .forEach(line -> assertTrue(shipped.contains(line + "\n"), line));
  }

  @Test
  void everyStartIsOneThatTheCommandLineTakes() throws IOException {
    List<List<String>> starts = new ArrayList<>();
    starts.add(
        Project.text(UNIT)
            .lines()
            .filter(line -> line.startsWith("ExecStart="))
            .map(line -> List.of(line.split(" ")))
            .map(words -> words.subList(1, words.size()))
            .findFirst()
            .orElseThrow());
    starts.add(
        Project.text("deploy/container/Containerfile")
            .lines()
            .filter(line -> line.startsWith("CMD ["))
            .map(line -> List.of(line.replaceAll("CMD \\[|[\",\\]]", "").split(" ")))
            .findFirst()
            .orElseThrow());
    starts.add(texts(container().path("args")));
    for (List<String> start : starts) {
      assertEquals(List.of("run", "--config", "/etc/pontic/config"), start);
    }
    assertTrue(Project.text("src/bundle/main/pontic/cli/Run.java").contains("\"--config\""));
  }

  @Test
  void everyPortIsOneThatPonticListensOn() throws IOException {
    Set<String> ours = new TreeSet<>(Set.of("8080", "8081", "8181"));
    ours.add(Project.yaml("deploy/config/practices/elm.yaml").at("/hl7/port").asText());
    Set<String> containerPorts = new TreeSet<>();
    Set<String> names = new TreeSet<>();
    for (JsonNode port : container().path("ports")) {
      containerPorts.add(port.path("containerPort").asText());
      names.add(port.path("name").asText());
    }
    assertEquals(ours, containerPorts);
    for (JsonNode service : Project.documents(Project.HOME.resolve(ONE + "service.yaml"))) {
      for (JsonNode port : service.at("/spec/ports")) {
        assertTrue(names.contains(port.path("targetPort").asText()), port::toString);
        assertTrue(ours.contains(port.path("port").asText()), port::toString);
      }
    }
    for (JsonNode rule : Project.yaml(ONE + "network-policy.yaml").at("/spec/ingress")) {
      rule.path("ports")
          .forEach(port -> assertTrue(ours.contains(port.path("port").asText()), port::toString));
    }
    assertEquals(
        ours,
        new TreeSet<>(
            List.of(
                line("deploy/container/Containerfile", "EXPOSE ")
                    .substring("EXPOSE ".length())
                    .split(" "))));
    for (String file : List.of("compose.yaml", "compose.several.yaml")) {
      for (JsonNode service : Project.yaml("deploy/container/" + file).path("services")) {
        for (JsonNode port : service.path("ports")) {
          String inside = port.asText().replaceAll(".*:", "");
          assertTrue(ours.contains(inside), file + " " + port);
        }
      }
    }
  }

  @Test
  void probesAskTheManagementEndpoint() throws IOException {
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      JsonNode http = container().path(probe).path("httpGet");
      assertEquals("management", http.path("port").asText(), probe);
      assertEquals(
          probe.equals("livenessProbe") ? "/health/live" : "/health/ready",
          http.path("path").asText(),
          probe);
    }
    assertTrue(Project.text("deploy/installed-healthy").contains("GET /health/ready "));
    String pages = Project.text("src/bundle/main/pontic/operations/ManagementServer.java");
    assertTrue(pages.contains("\"/ready\"") && pages.contains("\"/live\""));
  }

  @Test
  void oneProcessUnlessStoreAndBrokerAreOutside() throws IOException {
    assertEquals(1, statefulSet(ONE).at("/spec/replicas").asInt());
    assertTrue(statefulSet(SEVERAL).at("/spec/replicas").asInt() > 1);
    JsonNode settings = Project.yaml(SEVERAL + "settings.yaml").path("data");
    assertTrue(settings.path("PONTIC_STORE_URL").asText().startsWith("jdbc:postgresql:"));
    assertFalse(settings.path("PONTIC_BROKER_URL").asText().isBlank());
    assertEquals(
        "metadata.name",
        container().at("/env/0/valueFrom/fieldRef/fieldPath").asText(),
        "PONTIC_INSTANCE differs between replicas and not between restarts");

    JsonNode several = Project.yaml("deploy/container/compose.several.yaml").path("services");
    Set<String> instances = new TreeSet<>();
    Set<String> volumes = new TreeSet<>();
    for (String name : List.of("one", "two")) {
      instances.add(several.path(name).at("/environment/PONTIC_INSTANCE").asText());
      volumes.add(several.path(name).at("/volumes/0").asText());
    }
    assertEquals(2, instances.size());
    assertEquals(2, volumes.size());
    assertFalse(Project.text("deploy/container/compose.yaml").contains("PONTIC_STORE_URL"));
  }

  @Test
  void dataLiesOnTheVolume() throws IOException {
    JsonNode settings = Project.yaml(ONE + "settings.yaml").path("data");
    String mount =
        StreamSupport.stream(container().path("volumeMounts").spliterator(), false)
            .filter(one -> one.path("name").asText().equals("data"))
            .map(one -> one.path("mountPath").asText())
            .findFirst()
            .orElseThrow();
    // Below the volume's root, whose mode the kubelet sets; the data folder is its owner's alone.
    assertTrue(settings.path("PONTIC_DATA").asText().startsWith(mount + "/"));
    String container = Project.text("deploy/container/Containerfile");
    assertTrue(container.contains("VOLUME " + mount + "\n"));
    assertTrue(container.contains("PONTIC_DATA=" + mount + "/"));
    String unit = Project.text(UNIT);
    assertTrue(unit.contains("StateDirectory=pontic\n"));
    assertTrue(unit.contains("PONTIC_DATA=/var/lib/pontic\n"));
    assertEquals(
        settings.path("PONTIC_SECRETS_DIR").asText(),
        StreamSupport.stream(container().path("volumeMounts").spliterator(), false)
            .filter(one -> one.path("name").asText().equals("secrets"))
            .map(one -> one.path("mountPath").asText())
            .findFirst()
            .orElseThrow());
  }

  @Test
  void exampleSecretsAreAppliedByNobodyAndWhatIsReferredToIsThere() throws IOException {
    for (String form : List.of(ONE, SEVERAL)) {
      JsonNode list = Project.yaml(form + "kustomization.yaml");
      for (JsonNode resource : list.path("resources")) {
        assertFalse(resource.asText().contains("secret"), form);
        assertTrue(Files.exists(Project.HOME.resolve(form + resource.asText())), resource.asText());
      }
    }
    assertFalse(secret("pontic-environment").isMissingNode());
    for (JsonNode from : container().path("envFrom")) {
      String name = from.at("/secretRef/name").asText() + from.at("/configMapRef/name").asText();
      assertTrue(Set.of("pontic-settings", "pontic-environment").contains(name), name);
    }
    List<String> inMap =
        texts(Project.yaml("deploy/config/kustomization.yaml").at("/configMapGenerator/0/files"));
    JsonNode items = pod().at("/volumes/0/configMap/items");
    List<String> mounted = new ArrayList<>();
    for (JsonNode item : items) {
      assertTrue(item.path("path").asText().endsWith(item.path("key").asText()));
      mounted.add(item.path("path").asText());
    }
    assertEquals(inMap, mounted);
    assertEquals(
        Set.copyOf(inMap),
        Project.files("deploy/config", "").stream()
            .map(file -> file.substring("deploy/config/".length()))
            .filter(file -> !file.equals("kustomization.yaml"))
            .collect(Collectors.toSet()));
  }

  @Test
  void theBrokerOfTheContainersIsTheDocumentedOneOnAllAddresses() throws IOException {
    assertEquals(
        Project.text("docs/artemis/broker.xml").replace("tcp://127.0.0.1:", "tcp://0.0.0.0:"),
        Project.text("deploy/container/broker.xml"));
  }

  @Test
  void kustomizeRendersBothForms() throws Exception {
    assumeTrue(installed("kubectl"), "kubectl is not installed here");
    for (String form : List.of(ONE, SEVERAL)) {
      Path out = folder.resolve("rendered.yaml");
      assertEquals(
          "", run(out, "kubectl", "kustomize", Project.HOME.resolve(form).toString()), form);
      Set<String> kinds = new TreeSet<>();
      for (JsonNode document : Project.documents(out)) {
        kinds.add(document.path("kind").asText());
        assertFalse(document.path("kind").asText().equals("Secret"));
      }
      assertTrue(
          kinds.containsAll(
              Set.of("ConfigMap", "Namespace", "NetworkPolicy", "Service", "StatefulSet")),
          kinds::toString);
      assertEquals(form.equals(SEVERAL), kinds.contains("PodDisruptionBudget"));
    }
  }

  @Test
  void systemdTakesTheUnitAndFindsItHardened() throws Exception {
    assumeTrue(installed("systemd-analyze"), "systemd-analyze is not installed here");
    Path program = Files.createFile(folder.resolve("pontic"));
    assertTrue(program.toFile().setExecutable(true));
    Path unit = folder.resolve("pontic.service");
    Files.writeString(
        unit, Project.text(UNIT).replace("/opt/pontic/bin/pontic", program.toString()));
    Path out = folder.resolve("verified");
    assertEquals("", run(out, "systemd-analyze", "verify", unit.toString()));
    assertEquals("", Files.readString(out));
    // Exposure from 0 to 10, times ten; what is not hardened at all has above 90.
    assertEquals(
        "",
        run(
            out,
            "systemd-analyze",
            "security",
            "--offline=true",
            "--threshold=20",
            unit.toString()));
  }

  @Test
  void alertsAndPanelsAreFoundWantingWhereNothingIsTold() throws IOException {
    List<String> problems = Monitoring.problems("up 1\npontic_doubles 1\n");
    assertTrue(problems.size() > 40, problems::toString);
    assertTrue(
        problems.contains(
            "PonticStoreUnreadable asks for pontic_store_readable, which is not there"),
        problems::toString);
    assertTrue(
        problems.contains("PonticDouble groups by practice, which is not there"),
        problems::toString);
  }

  private static boolean installed(String tool) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(place -> Files.isExecutable(Path.of(place, tool)));
  }

  /** What the tool says to stderr, and its exit code if that is not 0. */
  private String run(Path out, String... command) throws Exception {
    Path err = folder.resolve("stderr");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertTrue(process.waitFor(600, TimeUnit.SECONDS), List.of(command)::toString);
    String said = Files.readString(err);
    return process.exitValue() == 0 ? said : said + " exit " + process.exitValue();
  }

  private static Stream<String> filesNamed(String file) {
    try {
      return Pattern.compile("\\{\\{file:([^}]+)\\}\\}")
          .matcher(Project.text(file))
          .results()
          .map(found -> found.group(1));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Files that systemd hands over, but the vault's own. */
  private static Set<String> credentials() throws IOException {
    Set<String> names =
        Pattern.compile("LoadCredential=([^:]+):/etc/pontic/secrets/(\\S+)")
            .matcher(Project.text(UNIT))
            .results()
            .peek(found -> assertEquals(found.group(1), found.group(2)))
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(names.remove("vault.p12"));
    return names;
  }

  private static String line(String file, String begin) throws IOException {
    return Project.text(file)
        .lines()
        .filter(line -> line.startsWith(begin))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode secret(String name) throws IOException {
    for (JsonNode one : Project.documents(Project.HOME.resolve(ONE + "secret.example.yaml"))) {
      if (one.at("/metadata/name").asText().equals(name)) {
        return one;
      }
    }
    return new YAMLMapper().missingNode();
  }

  private static JsonNode statefulSet(String form) throws IOException {
    return Project.yaml(form + "stateful-set.yaml");
  }

  private static JsonNode pod() throws IOException {
    return statefulSet(ONE).at("/spec/template/spec");
  }

  private static JsonNode container() throws IOException {
    return pod().at("/containers/0");
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
