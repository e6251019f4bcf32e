package pontic.inbound;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A periodontal exam as a sender has it: as FHIR, and as the rows that it is to become.
 *
 * @param day yyyy-MM-dd
 */
public record PerioSample(String day, List<Measure> measures) {
  private static final String LOINC = "http://loinc.org";
  private static final String OWN = "urn:pontic:code-system:perio-finding";
  private static final List<String> SITES =
      List.of("LA9270-5", "LA9269-7", "LA9271-3", "LA9274-7", "LA9272-1", "LA9273-9");
  private static final List<String> CODES =
      List.of("34005-9", "34015-8", "32911-0", "32913-6", "32910-2");
  private static final List<List<String>> FLAGS =
      List.of(
          List.of(LOINC, "64044-1"),
          List.of(OWN, "suppuration"),
          List.of(LOINC, "34016-6"),
          List.of(OWN, "calculus"));

  static final int MOBILITY = 0;
  static final int FURCATION = 1;
  static final int MARGIN = 2;
  static final int PROBING = 4;
  static final int FOUND = 6;

  public PerioSample {
    measures = List.copyOf(measures);
  }

  /**
   * A row of periomeasure.
   *
   * @param values of the six sites in the order of the table; -1 for none
   */
  public record Measure(int type, int tooth, int whole, List<Integer> values) {
    public static Measure of(int type, int tooth, Integer... values) {
      return new Measure(type, tooth, -1, List.of(values));
    }

    public static Measure mobility(int tooth, int grade) {
      return new Measure(MOBILITY, tooth, grade, List.of(-1, -1, -1, -1, -1, -1));
    }

    String row() {
      return type + "/" + tooth + ": " + whole + " " + values;
    }
  }

  /** All 32 teeth with depths that differ from site to site, and flags at some. */
  static PerioSample ofDigits(String day) {
    List<Measure> measures = new ArrayList<>();
    for (int tooth = 1; tooth <= 32; tooth++) {
      int t = tooth;
      measures.add(
          Measure.of(PROBING, t, t % 10, (t + 1) % 7, (t + 2) % 9, (t + 3) % 10, t % 4, t % 6));
      if (tooth % 5 == 0) {
        measures.add(Measure.of(FOUND, t, t % 16, 0, 3, 0, 12, 0));
      }
    }
    return new PerioSample(day, measures);
  }

  /** The first tooth is missing, so that the strings can say nothing; one pocket is deep. */
  static PerioSample withGaps(String day) {
    return new PerioSample(
        day,
        List.of(
            Measure.of(PROBING, 2, 3, 2, 3, 3, 2, 4),
            Measure.of(PROBING, 3, 5, 4, 12, 3, -1, 4),
            Measure.of(PROBING, 14, 3, 2, 3, 3, 2, 3),
            Measure.of(MARGIN, 2, 102, 0, 1, -1, -1, -1),
            Measure.of(MARGIN, 3, 1, 2, 3, 119, -1, 0),
            Measure.of(FOUND, 3, 1, 0, 3, 0, 0, 8),
            Measure.of(FURCATION, 14, -1, 2, -1, -1, -1, -1),
            Measure.mobility(14, 1),
            Measure.mobility(3, 2)));
  }

  /** One tooth that the strings say, but for its deep pocket. */
  public static PerioSample partlyDigits(String day) {
    return new PerioSample(
        day,
        List.of(
            Measure.of(PROBING, 1, 3, 2, 4, 10, 2, 4),
            Measure.of(PROBING, 32, 1, 2, 3, 4, 5, 6),
            Measure.of(MARGIN, 1, 101, -1, -1, -1, -1, -1)));
  }

  public PerioSample with(Measure measure) {
    List<Measure> more = new ArrayList<>(measures);
    more.removeIf(m -> m.type() == measure.type() && m.tooth() == measure.tooth());
    more.add(measure);
    return new PerioSample(day, more);
  }

  /** What is to stand in the table. */
  TreeSet<String> rows() {
    TreeSet<String> rows = new TreeSet<>();
    measures.forEach(measure -> rows.add(measure.row()));
    return rows;
  }

  public String json(String patient, String word, String status) {
    ObjectNode exam = new ObjectMapper().createObjectNode();
    exam.put("resourceType", "Observation").put("id", word).put("status", status);
    coding(exam.putObject("code"), LOINC, "86603-8");
    exam.putObject("subject").put("reference", patient);
    exam.put("effectiveDateTime", day);
    exam.putArray("note").addObject().put("text", word);
    ArrayNode contained = exam.putArray("contained");
    ArrayNode members = exam.putArray("hasMember");
    for (int i = 0; i < measures.size(); i++) {
      member(contained.addObject().put("resourceType", "Observation").put("id", "m" + i), i);
      members.addObject().put("reference", "#m" + i);
    }
    return exam.toString();
  }

  private void member(ObjectNode member, int number) {
    Measure measure = measures.get(number);
    member.put("status", "final");
    if (measure.type() == FOUND) {
      member.putObject("code").put("text", "Findings");
    } else {
      coding(member.putObject("code"), LOINC, CODES.get(measure.type()));
    }
    coding(
        member.putObject("bodySite"),
        "http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem",
        Integer.toString(measure.tooth()));
    if (measure.type() == MOBILITY) {
      member.put("valueInteger", measure.whole());
      return;
    }
    ArrayNode components = member.putArray("component");
    for (int site = 0; site < SITES.size(); site++) {
      int value = measure.values().get(site);
      if (measure.type() == FOUND) {
        found(components, site, value);
      } else if (value != -1) {
        ObjectNode component = components.addObject();
        ObjectNode code = component.putObject("code");
        coding(code, LOINC, CODES.get(measure.type()));
        coding(code, LOINC, SITES.get(site));
        if (measure.type() == FURCATION) {
          component.put("valueInteger", value);
        } else {
          component
              .putObject("valueQuantity")
              .put("value", value > 100 ? 100 - value : value)
              .put("system", "http://unitsofmeasure.org")
              .put("code", "mm");
        }
      }
    }
  }

  private static void found(ArrayNode components, int site, int value) {
    for (int bit = 0; bit < FLAGS.size(); bit++) {
      if ((value >> bit & 1) == 1) {
        ObjectNode component = components.addObject();
        ObjectNode code = component.putObject("code");
        coding(code, FLAGS.get(bit).get(0), FLAGS.get(bit).get(1));
        coding(code, LOINC, SITES.get(site));
        component.put("valueBoolean", true);
      }
    }
  }

  private static void coding(ObjectNode concept, String system, String code) {
    concept.withArray("coding").addObject().put("system", system).put("code", code);
  }
}
