package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @BeforeEach
  void codeTable() throws IOException {
    write("codes/room.yaml", "default: refuse\ncodes: {OP-1: 1}\n");
  }

  @Test
  void theShippedMappingsLoad() {
    assertEquals(
        Set.of(
            "hl7v2/adt",
            "hl7v2/adt-merge",
            "hl7v2/siu",
            "hl7v2/srm",
            "hl7v2/adt-out",
            "hl7v2/siu-out",
            "hl7v2/dft-out",
            "hl7v2/mdm-out",
            "fhir/patient-left",
            "fhir/patient-name",
            "fhir/booked-left",
            "fhir/visit-left",
            "inbound/patient",
            "inbound/appointment",
            "inbound/allergy",
            "inbound/disease",
            "inbound/medicationpat",
            "inbound/medicationrequest",
            "inbound/observation-note",
            "inbound/observation-file",
            "inbound/death-note",
            "inbound/death-file",
            "inbound/commlog",
            "inbound/document",
            "inbound/refattach",
            "inbound/procedurelog",
            "inbound/patientnote",
            "inbound/patfield",
            "inbound/inssub",
            "inbound/patplan",
            "inbound/payment",
            "inbound/perioexam",
            "hl7v2/referral",
            "hl7v2/document",
            "hl7v2/result",
            "hl7v2/problem",
            "hl7v2/order",
            "destination/snomed-teeth",
            "destination/hl7-2-3-1-out"),
        Mappings.load(Path.of("../../mappings")).names().stream()
            .filter(n -> !n.startsWith("outbound"))
            .collect(Collectors.toSet()));
  }

  @Test
  void aMappingListsTheFieldsThatItReads() {
    Mappings mappings = Mappings.load(Path.of("../../mappings"));
    assertEquals(Set.of("MSH", "PID", "NK1", "NTE", "IN1"), mappings.reads("hl7v2/adt"));
    assertTrue(
        mappings
            .reads("hl7v2/siu")
            .containsAll(Set.of("SCH", "TQ1", "NTE", "AIS", "AIL", "AIP", "PID", "MSH")));
    assertEquals(
        Set.of(
            "status",
            "extension",
            "appointmentType",
            "serviceType",
            "participant",
            "start",
            "end",
            "minutesDuration",
            "comment",
            "description",
            "reasonCode",
            "patientInstruction"),
        mappings.reads("inbound/appointment"));
  }

  /** Decision 0240: nothing of an office goes silently without a code. */
  @Test
  void whatAnOfficeMayHaveWithoutAMapIsListedButForWhatIsAboutOnePatientOrListedByAnother()
      throws IOException {
    Set<String> unlisted = new TreeSet<>();
    for (Path file : files(Path.of("../../mappings/codes"))) {
      String name = file.getFileName().toString().replace(".yaml", "");
      if ((name.startsWith("outbound-") || name.equals("tooth-state") || name.equals("perio-loinc"))
          && !Files.readString(file).contains("listed: true")) {
        unlisted.add(name);
      }
    }
    assertEquals(
        Set.of(
            // As outbound-allergy-type and outbound-referral-status, of the same column.
            "outbound-allergy-category",
            "outbound-referral-progress",
            // What somebody wrote about one patient, and names of his files.
            "outbound-content-type",
            "outbound-language",
            "outbound-us-state",
            // Any code of CDCREC.
            "outbound-race"),
        unlisted);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  @Test
  void anUnknownFunctionIsFoundWithFileAndLine() throws IOException {
    write("a.jslt", "{\n  \"x\": no-such(.in)\n}");
    assertProblem("a.jslt:2: ", "no-such");
  }

  @Test
  void aWrongNumberOfArgumentsIsFoundWithFileAndLine() throws IOException {
    write("a.jslt", "{\n  \"x\":\n digits(.in, 2)\n}");
    assertProblem("a.jslt:3: ", "digits");
  }

  @Test
  void anUnknownVariableIsFoundWithFileAndLine() throws IOException {
    write("a.jslt", "{\n  \"x\": local-to-instant(.in, $zoen)\n}");
    assertProblem("a.jslt:2: ", "$zoen");
  }

  @Test
  void anUnknownVariableInAFunctionIsFound() throws IOException {
    write("a.jslt", "def f(a)\n  $a + $b\n{\"x\": f(.in)}");
    assertProblem("a.jslt:2: ", "$b");
  }

  @Test
  void anUnknownFieldOfTheInputIsFoundWithFileAndLine() throws IOException {
    write("a.jslt", "{\n  \"y\": .in,\n  \"x\": .inn\n}");
    assertProblem("a.jslt:3: ", "'inn'");
  }

  @Test
  void anUnknownFieldBelowTheTopIsFound() throws IOException {
    write("a.jslt", "{\n  \"x\": [for (.in) .deepp]\n}");
    assertProblem("a.jslt:2: ", "'deepp'");
  }

  @Test
  void aNestedNameIsNoTopLevelName() throws IOException {
    write("a.jslt", "{\n  \"x\": .deep\n}");
    assertProblem("a.jslt:2: ", "'deep'");
  }

  @Test
  void anUnknownCodeTableIsFoundWithFileAndLine() throws IOException {
    write("a.jslt", "{\n  \"x\": code(\"rooom\", .in)\n}");
    assertProblem("a.jslt:2: ", "'rooom'");
  }

  @Test
  void anUnknownImportIsFound() throws IOException {
    write("a.jslt", "import \"lib/none.jslt\" as none\n{\"x\": .in}");
    assertProblem("a.jslt", "lib/none.jslt");
  }

  @Test
  void anImportNeverLeavesTheFolder() throws IOException {
    Path outside = Files.createTempFile("outside", ".jslt");
    Files.writeString(outside, "def f(a) $a");
    write("a.jslt", "import \"" + folder.relativize(outside) + "\" as out\n{\"x\": out:f(.in)}");
    assertProblem("a.jslt", "no such file");
    Files.delete(outside);
  }

  @Test
  void aLinkOutOfTheFolderIsNoImport() throws IOException {
    Path outside = Files.createTempFile("outside", ".jslt");
    Files.writeString(outside, "def f(a) $a");
    Files.createDirectories(folder.resolve("lib"));
    Files.createSymbolicLink(folder.resolve("lib/out.jslt"), outside);
    write("a.jslt", "import \"lib/out.jslt\" as out\n{\"x\": out:f(.in)}");
    assertEquals(
        List.of("a.jslt", "lib/out.jslt"), problems().stream().map(Problem::file).toList());
    Files.delete(outside);
  }

  @Test
  void aFaultInALibraryIsFoundWithItsOwnNameAndLine() throws IOException {
    write("lib/l.jslt", "def f(a)\n  no-such($a)\n");
    write("a.jslt", "import \"lib/l.jslt\" as l\n{\"x\": l:f(.in)}");
    assertProblem("lib/l.jslt:2: ", "no-such");
  }

  @Test
  void aSyntaxErrorIsFoundWithFileAndLine() throws IOException {
    write("a.jslt", "{\n  \"x\": .in,,\n}");
    assertProblem("a.jslt:2: ", "");
  }

  @Test
  void allProblemsAreCollected() throws IOException {
    write("a.jslt", "{\"x\": .inn}");
    write("b.jslt", "{\"x\": nope(.in)}");
    write("codes/bad.yaml", "codes: {A: 1}\n");
    List<Problem> problems = problems();
    assertEquals(
        List.of("codes/bad.yaml", "a.jslt", "b.jslt"),
        problems.stream().map(Problem::file).toList());
  }

  @Test
  void aMappingWithoutAShapeIsAProblem() throws IOException {
    Files.writeString(folder.resolve("a.jslt"), "{\"x\": .in}");
    assertProblem("a.jslt", "a.shape.yaml");
  }

  @Test
  void anUnknownCodeFollowsTheRuleOfItsTable() throws IOException {
    write("codes/keep.yaml", "default: keep\ncodes: {a: b}\n");
    write("codes/none.yaml", "default: none\ncodes: {a: b}\n");
    write("codes/other.yaml", "default: fallen\nignoreCase: true\ncodes: {A: b}\n");
    write(
        "a.jslt",
        "{\"k\": code(\"keep\", .in), \"n\": code(\"none\", .in), \"o\": code(\"other\", .in)}");
    Mapper mapper = Mappings.load(folder).mapper("a");
    assertEquals(
        JSON.readTree("{\"k\":\"b\",\"n\":\"b\",\"o\":\"b\"}"), mapper.map(in("a"), Map.of()));
    assertEquals(JSON.readTree("{\"k\":\"z\",\"o\":\"fallen\"}"), mapper.map(in("z"), Map.of()));
  }

  @Test
  void aRefusedCodeNamesTableAndCode() throws IOException {
    write("a.jslt", "{\"x\": code(\"room\", .in)}");
    Mapper mapper = Mappings.load(folder).mapper("a");
    CodeRefused refused = assertThrows(CodeRefused.class, () -> mapper.map(in("OP-9"), Map.of()));
    assertEquals("room", refused.table());
    assertEquals("OP-9", refused.code());
    assertTrue(refused.present());
    assertFalse(assertThrows(CodeRefused.class, () -> mapper.map(in(""), Map.of())).present());
  }

  @Test
  void aPracticesTableLiesOverTheShippedOne() throws IOException {
    write("codes/room.yaml", "default: refuse\ncodes: {OP-1: 1, OP-2: 2}\n");
    write("a.jslt", "{\"x\": code(\"room\", .in)}");
    Path own = Files.createDirectories(folder.resolve("practice/codes"));
    Files.writeString(own.resolve("room.yaml"), "default: 7\ncodes: {OP-1: 11}\n");
    Mappings shipped = Mappings.load(folder);
    Mappings elm = shipped.withCodes(own);
    assertEquals(11, elm.mapper("a").map(in("OP-1"), Map.of()).path("x").asInt());
    assertEquals(2, elm.mapper("a").map(in("OP-2"), Map.of()).path("x").asInt());
    assertEquals(7, elm.mapper("a").map(in("OP-9"), Map.of()).path("x").asInt());
    assertEquals(1, shipped.mapper("a").map(in("OP-1"), Map.of()).path("x").asInt());
  }

  @Test
  void practicesHaveOneCompiledMappingInCommonAndEachItsOwnCodes() throws Exception {
    write("codes/room.yaml", "default: none\nlisted: true\ncodes: {}\n");
    write("a.jslt", "{\"x\": code(\"room\", .in), \"y\": code-unlisted(\"room\", \"OP-1\")}");
    Mappings shipped = Mappings.load(folder);
    // What is compiled already needs no file any more.
    Files.delete(folder.resolve("a.jslt"));
    List<Callable<Boolean>> practices = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String room = Integer.toString(i);
      Mapper its = shipped.withCodes(Map.of("room", Map.of("OP-1", room)), "p" + i).mapper("a");
      practices.add(
          () -> {
            for (int n = 0; n < 200; n++) {
              Mapped mapped = its.mapped(in("OP-1"), Map.of());
              if (!mapped.value().path("x").asText().equals(room)
                  || !mapped.value().path("y").asText().equals(room)
                  || !mapped.missed().isEmpty()) {
                return false;
              }
            }
            return its.mapped(in("OP-2"), Map.of())
                .missed()
                .equals(List.of(new MissedCode("room", "OP-2", "OP-2")));
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(practices.size());
    try {
      for (Future<Boolean> each : threads.invokeAll(practices)) {
        assertTrue(each.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aListedTableTellsWhichCodesItHasNotAndOthersDoNot() throws IOException {
    write("codes/room.yaml", "default: none\ncodes: {}\n");
    write(
        "codes/kind.yaml",
        "default: none\nignoreCase: true\nlisted: true\ncodes: {a: b, quiet: ~}\n");
    write(
        "a.jslt",
        "{\"x\": code(\"room\", .in), \"y\": code(\"kind\", .in, \"In words\"),"
            + " \"z\": code(\"kind\", .in), \"w\": code-unlisted(\"kind\", \"never\")}");
    Mappings mappings = Mappings.load(folder);
    Mapper mapper = mappings.mapper("a");
    assertEquals(List.of(), mapper.mapped(in("A"), Map.of()).missed());
    assertEquals(List.of(), mapper.mapped(in("Quiet"), Map.of()).missed());
    assertEquals(List.of(), mapper.mapped(in(""), Map.of()).missed());
    assertEquals(
        List.of(new MissedCode("kind", "Z", "In words"), new MissedCode("kind", "Z", "Z")),
        mapper.mapped(in("Z"), Map.of()).missed());
    assertFalse(mappings.knows("kind", "Z"));
    assertTrue(mappings.knows("kind", "QUIET"));
    assertTrue(mappings.knows("room", "Z"), "it lists nothing");
    assertTrue(mappings.knows("gone", "Z"));
  }

  @Test
  void valuesOfATableOfCodingsAreCodingsAlsoInThePracticesOwn() throws IOException {
    write(
        "codes/drug.yaml",
        "default: none\nlisted: true\nvalues: coding\ncodes: {a: rxnorm|7980}\n");
    write("a.jslt", "{\"x\": code(\"drug\", .in)}");
    Mappings shipped = Mappings.load(folder);
    Path own = Files.createDirectories(folder.resolve("practice/codes"));
    Files.writeString(
        own.resolve("drug.yaml"), "default: none\ncodes: {b: 'urn:oid:1.2|x y', c: ~}\n");
    Mappings elm = shipped.withCodes(own).withCodes(Map.of("drug", Map.of("d", "snomed|1")), "elm");
    for (String each :
        List.of(
            "a http://www.nlm.nih.gov/research/umls/rxnorm 7980",
            "b urn:oid:1.2 x y",
            "d http://snomed.info/sct 1")) {
      String[] parts = each.split(" ", 3);
      JsonNode coding = elm.mapper("a").map(in(parts[0]), Map.of()).path("x");
      assertEquals(parts[1], coding.path("system").asText());
      assertEquals(parts[2], coding.path("code").asText());
    }
    assertTrue(elm.knows("drug", "c"));
    assertFalse(elm.knows("drug", "e"), "still listed");
    Files.writeString(own.resolve("drug.yaml"), "default: none\ncodes: {b: 7980}\n");
    assertTrue(
        assertThrows(MappingsInvalid.class, () -> shipped.withCodes(own))
            .getMessage()
            .contains("SYSTEM|CODE"));
    assertTrue(
        assertThrows(
                MappingsInvalid.class,
                () -> shipped.withCodes(Map.of("drug", Map.of("d", "nosuch|1")), "elm"))
            .getMessage()
            .contains("'d'"));
  }

  @Test
  void aPracticesTableThatNobodyKnowsIsAProblem() throws IOException {
    write("a.jslt", "{\"x\": .in}");
    Path own = Files.createDirectories(folder.resolve("practice/codes"));
    Files.writeString(own.resolve("rooms.yaml"), "default: none\ncodes: {OP-1: 11}\n");
    Mappings shipped = Mappings.load(folder);
    MappingsInvalid invalid = assertThrows(MappingsInvalid.class, () -> shipped.withCodes(own));
    assertTrue(invalid.getMessage().contains("rooms"), invalid.getMessage());
  }

  @Test
  void aVariableThatIsNotGivenIsNamed() throws IOException {
    write("a.jslt", "{\"x\": [for (.in) $zone]}");
    Mappings mappings = Mappings.load(folder);
    assertEquals(Set.of("zone"), mappings.needs("a"));
    IllegalArgumentException missing =
        assertThrows(
            IllegalArgumentException.class, () -> mappings.mapper("a").map(in("v"), Map.of()));
    assertTrue(missing.getMessage().contains("$zone"), missing.getMessage());
  }

  @Test
  void aFailedMappingQuotesNoValue() throws IOException {
    write("a.jslt", "{\n \"x\": number(.in),\n \"y\": hl7-to-date(.in)}");
    Mapper mapper = Mappings.load(folder).mapper("a");
    MappingException failed =
        assertThrows(MappingException.class, () -> mapper.map(in("Quigley"), Map.of()));
    assertFalse(failed.getMessage().contains("Quigley"), failed.getMessage());
    assertTrue(failed.getMessage().contains("a.jslt"), failed.getMessage());
    assertEquals(null, failed.getCause());
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    if (name.endsWith(".jslt") && !name.startsWith("lib/")) {
      Files.writeString(
          folder.resolve(name.replace(".jslt", ".shape.yaml")),
          "fields: [in]\nnested: [deep]\nvariables: [zone]\n");
    }
  }

  private List<Problem> problems() {
    return assertThrows(MappingsInvalid.class, () -> Mappings.load(folder)).problems();
  }

  private void assertProblem(String start, String part) {
    List<Problem> problems = problems();
    assertEquals(1, problems.size(), problems::toString);
    String text = problems.get(0).toString();
    assertTrue(text.startsWith(start) && text.contains(part), text);
  }

  private static JsonNode in(String value) {
    return JsonNodeFactory.instance.objectNode().set("in", TextNode.valueOf(value));
  }
}
