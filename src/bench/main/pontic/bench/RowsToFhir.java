package pontic.bench;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.r4.model.Resource;
import pontic.mapping.Mappings;
import pontic.practice.Practice;
import pontic.practice.SettingsException;
import pontic.practice.SettingsLoader;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.translate.Translator;

/** Rows of Open Dental to the text of FHIR resources, by one thread. */
final class RowsToFhir {
  private static final String ALL = "all in turn";
  private static final int BATCH = 50;

  private final Setting setting;
  private final Pace pace;
  private final ObjectMapper json = new ObjectMapper();
  private final FhirContext fhir = FhirContext.forR4();
  private final IParser parser = fhir.newJsonParser();
  private final ModelByHand hand;
  private final Practice practice;
  private final Translator translator;

  RowsToFhir(Setting setting, Pace pace) throws SettingsException {
    this.setting = setting;
    this.pace = pace;
    Mappings mappings = Mappings.load(setting.home().resolve("mappings"));
    this.practice = practice(setting);
    this.translator = new Translator((one, name) -> mappings.mapper(name), List.of(practice));
    this.hand = new ModelByHand(practice.id(), practice.zone());
  }

  /** One of the shipped config: nothing of it but its zone counts here. */
  private static Practice practice(Setting setting) throws SettingsException {
    return new SettingsLoader(Map.of(), Map.of())
        .load(setting.home().resolve("config"))
        .practices()
        .get(0);
  }

  List<Figure> measure() throws Exception {
    Map<String, List<Row>> sets = new LinkedHashMap<>();
    List<Row> all = new ArrayList<>();
    for (Map.Entry<String, Map<String, Object>> each : columns().entrySet()) {
      Row row = row(each.getKey(), each.getValue());
      checkEqual(row);
      sets.put(each.getKey(), List.of(row));
      all.add(row);
    }
    sets.put(ALL, all);
    Map<String, List<Figure.Series>> played =
        setting
            .contest()
            .play(
                List.of(
                    new Contest.Contender(
                        "pontic",
                        "the shipped mapping of the row, counting codes without a map and cleaning texts, then JSON as bytes",
                        turn(sets, row -> json.writeValueAsBytes(resource(row)).length)),
                    new Contest.Contender(
                        "HAPI model by hand",
                        "Java for these rows alone: R4 objects, encoded as text; nothing can be edited, no code tables, no other columns",
                        turn(
                            sets,
                            row -> parser.encodeResourceToString(hand.resource(row)).length()))));
    List<Figure> figures = new ArrayList<>();
    played.forEach(
        (name, series) ->
            figures.add(
                new Figure(
                    "rows-to-fhir",
                    "row to FHIR JSON, " + name,
                    "resources/s of one core",
                    series,
                    List.of(
                        "before anything was measured, both results were equal as resources",
                        "processor time of the whole process, collector and compiler included"))));
    return figures;
  }

  /** Of one row. */
  private interface Conversion {
    int length(Row row) throws Exception;
  }

  private Contest.Turn turn(Map<String, List<Row>> sets, Conversion conversion) {
    return () -> {
      Map<String, Double> told = new LinkedHashMap<>();
      for (Map.Entry<String, List<Row>> set : sets.entrySet()) {
        List<Row> rows = set.getValue();
        told.put(
            set.getKey(),
            pace.perSecond(BATCH, turn -> conversion.length(rows.get(turn % rows.size()))));
      }
      return told;
    };
  }

  private JsonNode resource(Row row) {
    Translated translated = translator.translate(row);
    if (translated.outcome() != Translated.Outcome.MAPPED) {
      throw new IllegalStateException(translated + ": " + translated.reason());
    }
    return translated.fhir();
  }

  /**
   * @throws IllegalStateException if the two do not make the same resource, or HAPI would not read
   *     it
   */
  private void checkEqual(Row row) throws IOException {
    JsonNode ours = resource(row);
    Resource read = (Resource) fhir.newJsonParser().parseResource(ours.toString());
    JsonNode theirs = json.readTree(parser.encodeResourceToString(hand.resource(row)));
    boolean isEqual =
        read.equalsDeep((Resource) fhir.newJsonParser().parseResource(theirs.toString()));
    if (!isEqual || !Set.copyOf(names(ours)).equals(Set.copyOf(names(theirs)))) {
      throw new IllegalStateException(
          "not the same resource of "
              + row
              + ":\n"
              + ours.toPrettyString()
              + "\n"
              + theirs.toPrettyString());
    }
  }

  private static List<String> names(JsonNode resource) {
    List<String> names = new ArrayList<>();
    resource.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private Map<String, Map<String, Object>> columns() throws IOException {
    try (InputStream in = RowsToFhir.class.getResourceAsStream("rows/rows.json")) {
      return json.readValue(in, new TypeReference<LinkedHashMap<String, Map<String, Object>>>() {});
    }
  }

  /** The key is the first column. */
  private Row row(String kind, Map<String, Object> columns) {
    return new Row(
        practice.id(),
        kind,
        ((Number) columns.values().iterator().next()).longValue(),
        Instant.EPOCH,
        false,
        "",
        columns);
  }
}
