package pontic.bench;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import pontic.hl7.HeaderProblem;
import pontic.hl7.Hl7Exception;
import pontic.hl7.Hl7Json;
import pontic.hl7.MessageHeader;
import pontic.mapping.MappingException;
import pontic.mapping.Mappings;
import pontic.understand.Event;
import pontic.understand.Kinds;
import pontic.understand.Translate;
import pontic.understand.Understanding;

/** HL7 version 2 text to the text of a FHIR Bundle, by one thread. */
final class Hl7ToFhir {
  private static final String LEFT = "urn:pontic:fhir:left";
  private static final String ADT = "ADT_A01";
  private static final String SIU = "SIU_S12";
  private static final String PRACTICE = "elm";
  private static final String ZONE = "America/New_York";
  private static final int BATCH = 20;

  private final Setting setting;
  private final Pace pace;
  private final Optional<Path> corpus;
  private final boolean converter;
  private final FhirContext fhir = FhirContext.forR4();
  private final ObjectMapper json = new ObjectMapper();
  private final Translate translate;
  private final ByHand generic = ByHand.generic(fhir, ZoneId.of(ZONE));
  private final ByHand typed = ByHand.typed(fhir, ZoneId.of(ZONE));

  /**
   * @param corpus a folder of more messages, {@code ADT_A01*.hl7} and {@code SIU_S12*.hl7}
   * @param converter whether the rival whose libraries are fetched only for it takes part
   */
  Hl7ToFhir(Setting setting, Pace pace, Optional<Path> corpus, boolean converter)
      throws IOException {
    this.setting = setting;
    this.pace = pace;
    this.corpus = corpus;
    this.converter = converter;
    Path folder = setting.home().resolve("mappings");
    Mappings mappings = Mappings.load(folder);
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    Map<String, Event> events =
        yaml.readValue(folder.resolve("hl7v2/events.yaml").toFile(), new TypeReference<>() {});
    this.translate =
        new Translate(
            new Hl7Json(),
            events,
            yaml.readValue(folder.resolve("fhir/kinds.yaml").toFile(), Kinds.class),
            (practice, name) -> mappings.mapper(name),
            Map.of(PRACTICE, ZONE));
  }

  /**
   * A message as each contender takes it.
   *
   * @param type ADT^A01 or SIU^S12
   */
  private record Sample(byte[] bytes, String text, String type, String sender) {
    static Sample of(byte[] bytes, String type) {
      // HAPI takes carriage returns only.
      String text =
          new String(bytes, StandardCharsets.UTF_8).strip().replaceAll("\r\n|\n", "\r") + "\r";
      return new Sample(
          text.getBytes(StandardCharsets.UTF_8), text, type, MessageHeader.read(bytes).sender());
    }
  }

  List<Figure> measure() throws Exception {
    Map<String, List<Sample>> sets = new LinkedHashMap<>();
    sets.put(ADT, List.of(own("adt-a01.hl7", "ADT^A01")));
    sets.put(SIU, List.of(own("siu-s12.hl7", "SIU^S12")));
    for (List<Sample> set : sets.values()) {
      checkEqual(set.get(0));
    }
    Map<String, Integer> found = new TreeMap<>();
    if (corpus.isPresent()) {
      for (String kind : List.of(ADT, SIU)) {
        List<Sample> all = files(corpus.get(), kind);
        List<Sample> alike = all.stream().filter(this::isAlike).toList();
        found.put(kind, all.size());
        if (!alike.isEmpty()) {
          sets.put(kind + " files", alike);
        }
      }
    }
    try (Rival rival = converter ? Rival.start(setting) : Rival.none()) {
      List<Contest.Contender> contenders = new ArrayList<>();
      contenders.add(
          new Contest.Contender(
              "pontic",
              "what the step understand does: own parser, shipped mappings, JSON as bytes; says in an OperationOutcome what it leaves out",
              turn(sets, this::pontic)));
      contenders.add(
          new Contest.Contender(
              "bare HAPI, generic model",
              "parse without validation into the generic model, R4 objects by hand-written Java, encode; the same resources, nothing about what is left out, no code tables to edit",
              turn(sets, sample -> generic.convert(sample.text()).length())));
      contenders.add(
          new Contest.Contender(
              "bare HAPI, typed model",
              "the same with the model of 2.5.1, as HAPI's manual does",
              turn(sets, sample -> typed.convert(sample.text()).length())));
      if (converter) {
        contenders.add(
            new Contest.Contender(
                "hl7v2-fhir-converter",
                "LinuxForHealth 1.0.19 in a process of its own, its own HAPI and mappings; makes more resources of an ADT (encounter, practitioners, provenance), none of what is not in its list of types",
                rivalTurn(rival, sets)));
      }
      Map<String, List<Figure.Series>> played = setting.contest().play(contenders);
      List<Figure> figures = new ArrayList<>();
      for (Map.Entry<String, List<Figure.Series>> each : played.entrySet()) {
        List<Sample> set = sets.get(each.getKey());
        List<String> notes = new ArrayList<>();
        String kind = each.getKey().substring(0, ADT.length());
        if (each.getKey().equals(kind)) {
          notes.add(
              "one message of %d bytes; before anything was measured, Pontic's resources and those by hand were equal"
                  .formatted(set.get(0).bytes().length));
        } else {
          notes.add(
              "%d of %d files: those of which both make as many resources of each type"
                  .formatted(set.size(), found.get(kind)));
        }
        notes.add("processor time of the whole process, collector and compiler included");
        if (converter && kind.equals(SIU)) {
          notes.add("hl7v2-fhir-converter has no SIU: it ends with an exception");
        }
        figures.add(
            new Figure(
                "hl7-to-fhir",
                "HL7 v2 to FHIR JSON, " + each.getKey(),
                "messages/s of one core",
                each.getValue(),
                notes));
      }
      return figures;
    }
  }

  /** Of one message. */
  private interface Conversion {
    int length(Sample sample) throws Exception;
  }

  private Contest.Turn turn(Map<String, List<Sample>> sets, Conversion conversion) {
    return () -> {
      Map<String, Double> told = new LinkedHashMap<>();
      for (Map.Entry<String, List<Sample>> set : sets.entrySet()) {
        List<Sample> samples = set.getValue();
        told.put(
            set.getKey(),
            pace.perSecond(BATCH, turn -> conversion.length(samples.get(turn % samples.size()))));
      }
      return told;
    };
  }

  private Contest.Turn rivalTurn(Rival rival, Map<String, List<Sample>> sets) {
    return () -> {
      Map<String, Double> told = new LinkedHashMap<>();
      for (Map.Entry<String, List<Sample>> set : sets.entrySet()) {
        if (set.getKey().startsWith(ADT)) {
          rival
              .perSecond(
                  pace.seconds(), set.getKey(), set.getValue().stream().map(Sample::text).toList())
              .ifPresent(rate -> told.put(set.getKey(), rate));
        }
      }
      return told;
    };
  }

  private int pontic(Sample sample) throws IOException {
    return json.writeValueAsBytes(bundle(sample)).length;
  }

  private JsonNode bundle(Sample sample) {
    Understanding message =
        new Understanding(
            "bench",
            PRACTICE,
            1,
            "accept-hl7",
            sample.sender(),
            sample.type(),
            1,
            sample.bytes(),
            "",
            "",
            false,
            false,
            MissingNode.getInstance(),
            List.of(),
            MissingNode.getInstance());
    return translate.translate(translate.read(message)).bundle();
  }

  private static Sample own(String name, String type) throws IOException {
    try (InputStream in = Hl7ToFhir.class.getResourceAsStream("messages/" + name)) {
      return Sample.of(in.readAllBytes(), type);
    }
  }

  private static List<Sample> files(Path folder, String kind) throws IOException {
    List<Sample> samples = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(each -> each.getFileName().toString().startsWith(kind)).sorted().toList()) {
        try {
          samples.add(Sample.of(Files.readAllBytes(file), kind.replace('_', '^')));
        } catch (HeaderProblem unreadable) {
          System.err.println("not a message: " + file.getFileName());
        }
      }
    }
    return samples;
  }

  /**
   * @throws IllegalStateException if the two do not make the same resources
   */
  private void checkEqual(Sample sample) throws Exception {
    // Read again: a number that was told has another type than one that was computed.
    JsonNode ours = json.readTree(withoutWhatIsLeftOut(bundle(sample)).toString());
    for (ByHand hand : List.of(generic, typed)) {
      JsonNode theirs = json.readTree(hand.convert(sample.text()));
      if (!ours.equals(theirs)) {
        throw new IllegalStateException(
            "not the same resources of "
                + sample.type()
                + ":\n"
                + ours.toPrettyString()
                + "\n"
                + theirs.toPrettyString());
      }
    }
  }

  /** What the others say nothing about: OperationOutcomes, and extensions of what has no place. */
  private static JsonNode withoutWhatIsLeftOut(JsonNode bundle) {
    if (bundle.path("entry") instanceof ArrayNode entries) {
      entries.removeIf(
          entry -> entry.at("/resource/resourceType").asText().equals("OperationOutcome"));
      entries.forEach(entry -> withoutLeft(entry.path("resource")));
    }
    return bundle;
  }

  private static void withoutLeft(JsonNode resource) {
    if (resource instanceof ObjectNode fields
        && fields.path("extension") instanceof ArrayNode extensions) {
      extensions.removeIf(extension -> extension.path("url").asText().equals(LEFT));
      if (extensions.isEmpty()) {
        fields.remove("extension");
      }
    }
  }

  /** Whether all can take it, and make as many resources of each type. */
  private boolean isAlike(Sample sample) {
    try {
      Map<String, Integer> ours = counts(withoutWhatIsLeftOut(bundle(sample)));
      return ours.equals(counts(json.readTree(generic.convert(sample.text()))))
          && ours.equals(counts(json.readTree(typed.convert(sample.text()))));
    } catch (Hl7Exception | MappingException | ByHand.NotTaken | IOException other) {
      return false;
    }
  }

  private static Map<String, Integer> counts(JsonNode bundle) {
    Map<String, Integer> counts = new TreeMap<>();
    bundle
        .path("entry")
        .forEach(
            entry -> counts.merge(entry.at("/resource/resourceType").asText(), 1, Integer::sum));
    return counts;
  }
}
