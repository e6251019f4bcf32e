package pontic.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import pontic.hl7.HeaderProblem;
import pontic.hl7.Hl7Exception;
import pontic.hl7.Hl7Json;
import pontic.hl7.Hl7Text;
import pontic.hl7.MessageHeader;
import pontic.mapping.Mapper;
import pontic.mapping.MapperOf;
import pontic.mapping.MappingException;
import pontic.mapping.Mappings;
import pontic.mapping.MappingsInvalid;
import pontic.practice.Practice;
import pontic.practice.Problem;
import pontic.practice.Settings;
import pontic.practice.SettingsException;
import pontic.practice.SettingsLoader;
import pontic.translate.Translator;
import pontic.trying.RouteTrial;
import pontic.trying.TryFailed;
import pontic.understand.Event;
import pontic.understand.Kinds;
import pontic.understand.Translate;

@Command(
    name = "try",
    description =
        "Run one mapping on one input, or with --route one message through a route with its ends stubbed, and print the result, or what is wrong with file and line; starts nothing.")
final class TryMapping implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MAPPING",
      description =
          "Name or file of a mapping: hl7v2/adt, mappings/outbound/patient.jslt. Left out with --route.")
  private String mapping;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "JSON, or an HL7 v2 message with a segment a line.")
  private Optional<Path> file;

  @Option(
      names = "--route",
      paramLabel = "ID",
      description = "Run FILE through this route of routes/ and print what each step leaves.")
  private Optional<String> route;

  @Option(
      names = "--with",
      paramLabel = "NAME=VALUE",
      description =
          "A parameter of the route's template, such as destination=hospital or feed=patient; at the seams of send-fhir and send-hl7 clinic=7 (ClinicNum).")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--practice",
      paramLabel = "ID",
      description = "Its zone and code tables count (default: none, zone UTC).")
  private Optional<String> practice;

  @Option(
      names = "--config",
      paramLabel = "DIR",
      description = "Config folder, read for --practice (default: config/ of the installation).")
  private Optional<Path> config;

  @Option(
      names = "--mappings",
      paramLabel = "DIR",
      description = "Folder of the mappings (default: mappings/ of the installation).")
  private Optional<Path> folder;

  @Option(
      names = "--variable",
      paramLabel = "NAME=VALUE",
      description = "A variable of the mapping, such as id=elm-patient-1.")
  private Map<String, String> given = new LinkedHashMap<>();

  @Option(names = "--hl7", description = "Print the result as an HL7 v2 message, a segment a line.")
  private boolean hl7;

  private final Home home;

  TryMapping(Home home) {
    this.home = home;
  }

  @Override
  public Integer call() throws IOException {
    return route.isPresent() ? route(route.get()) : mapping();
  }

  private int route(String id) throws IOException {
    if (file.isPresent()) {
      throw new ParameterException(spec.commandLine(), "--route takes one FILE and no MAPPING");
    }
    Path message = Path.of(mapping);
    Path settings = config.map(Path::toAbsolutePath).orElse(home.config()).normalize();
    try {
      Settings all = new SettingsLoader(home.environment(), Map.of()).load(settings);
      String office = practice.orElseGet(() -> all.practices().get(0).id());
      practice(settings, office);
      Map<String, String> properties = new HashMap<>(all.properties());
      properties.put("pontic.home", home.folder().toString());
      properties.put("practice", office);
      all.destinations().stream()
          .findFirst()
          .ifPresent(destination -> properties.put("destination", destination.id()));
      properties.putAll(parameters);
      Path mappings = folder.orElse(home.folder().resolve("mappings")).toAbsolutePath();
      Mappings loaded = Mappings.load(mappings);
      Map<String, Mappings> byPractice = new HashMap<>();
      Map<String, String> zones = new HashMap<>();
      for (Practice each : all.practices()) {
        byPractice.put(each.id(), withCodes(loaded, settings, each));
        zones.put(each.id(), each.zone().getId());
      }
      MapperOf mappers = (one, name) -> byPractice.get(one).mapper(name);
      Map<String, Event> events =
          new ObjectMapper(new YAMLFactory())
              .readValue(mappings.resolve("hl7v2/events.yaml").toFile(), new TypeReference<>() {});
      Kinds kinds =
          new ObjectMapper(new YAMLFactory())
              .readValue(mappings.resolve("fhir/kinds.yaml").toFile(), Kinds.class);
      boolean passed =
          new RouteTrial(
                  home.folder(),
                  properties,
                  new Translate(new Hl7Json(), events, kinds, mappers, zones),
                  new Translator(mappers, all.practices()),
                  spec.commandLine().getOut())
              .run(id, Files.readString(message));
      return passed ? 0 : 1;
    } catch (NoSuchFileException e) {
      throw new Failure(e.getFile() + " cannot be read", e);
    } catch (MappingsInvalid e) {
      return told(e.problems().stream().map(problem -> "mappings/" + problem).toList());
    } catch (SettingsException e) {
      return told(e.problems().stream().map(Problem::toString).toList());
    } catch (TryFailed e) {
      throw new Failure(e.getMessage(), e);
    }
  }

  private static Mappings withCodes(Mappings mappings, Path settings, Practice practice)
      throws IOException {
    return mappings
        .withCodes(settings.resolve("practices").resolve(practice.id()).resolve("codes"))
        .withCodes(practice.codes(), "practices/" + practice.id() + ".yaml");
  }

  private int mapping() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, JsonNode> variables = new LinkedHashMap<>();
    variables.put("practice", TextNode.valueOf(practice.orElse("practice")));
    variables.put("zone", TextNode.valueOf("UTC"));
    variables.put("sender", TextNode.valueOf("sender"));
    variables.put("rest", TextNode.valueOf("note"));
    variables.put("id", TextNode.valueOf("id"));
    try {
      Mappings mappings =
          Mappings.load(folder.orElse(home.folder().resolve("mappings")).toAbsolutePath());
      if (practice.isPresent()) {
        Path settings = config.map(Path::toAbsolutePath).orElse(home.config()).normalize();
        Practice found = practice(settings, practice.get());
        variables.put("zone", TextNode.valueOf(found.zone().getId()));
        variables.put(
            "rest",
            TextNode.valueOf(found.writes().rest().name().toLowerCase(java.util.Locale.ROOT)));
        mappings = withCodes(mappings, settings, found);
      }
      Mapper mapper = mapper(mappings);
      JsonNode input = input(variables);
      given.forEach((name, value) -> variables.put(name, TextNode.valueOf(value)));
      JsonNode result = mapper.map(input, variables);
      if (hl7) {
        out.print(
            new String(new Hl7Text().write(result), StandardCharsets.UTF_8).replace('\r', '\n'));
      } else {
        out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result));
      }
      out.flush();
      return 0;
    } catch (MappingsInvalid e) {
      return told(e.problems().stream().map(problem -> "mappings/" + problem).toList());
    } catch (SettingsException e) {
      return told(e.problems().stream().map(Problem::toString).toList());
    } catch (MappingException | Hl7Exception e) {
      throw new Failure(e.getMessage(), e);
    }
  }

  private int told(Iterable<String> problems) {
    PrintWriter err = spec.commandLine().getErr();
    problems.forEach(problem -> err.println("pontic try: " + problem));
    err.flush();
    return 1;
  }

  private Practice practice(Path settings, String id) throws SettingsException {
    return new SettingsLoader(home.environment(), Map.of())
        .load(settings)
        .practice(id)
        .orElseThrow(() -> new Failure("there is no practice " + id + " in " + settings));
  }

  private Mapper mapper(Mappings mappings) {
    String name = mapping.replaceFirst("^(.*/)?mappings/", "").replaceFirst("\\.jslt$", "");
    if (!mappings.names().contains(name)) {
      throw new Failure(
          "there is no mapping "
              + name
              + "; there are "
              + String.join(", ", new TreeSet<>(mappings.names())));
    }
    return mappings.mapper(name);
  }

  /** What does not begin as JSON is HL7 v2; its sender is then the mapping's. */
  private JsonNode input(Map<String, JsonNode> variables) {
    Path file =
        this.file.orElseThrow(
            () -> new ParameterException(spec.commandLine(), "FILE is missing behind MAPPING"));
    try {
      byte[] bytes = Files.readAllBytes(file);
      String begin = new String(bytes, StandardCharsets.UTF_8).stripLeading();
      if (begin.startsWith("{") || begin.startsWith("[")) {
        return JSON.readTree(bytes);
      }
      variables.put("sender", TextNode.valueOf(MessageHeader.read(bytes).sender()));
      return new Hl7Json().parse(bytes);
    } catch (JsonProcessingException e) {
      throw new Failure(
          file + ":" + e.getLocation().getLineNr() + ": this is no JSON from here on", e);
    } catch (HeaderProblem e) {
      throw new Failure(file + ":1: neither JSON nor HL7 v2: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new Failure(file + " cannot be read", e);
    }
  }
}
