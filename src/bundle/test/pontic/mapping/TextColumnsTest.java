package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How much of a text a column holds, and that no write sends one of which that is not said. */
final class TextColumnsTest {
  private static final Path HOME = Path.of("..", "..");
  private static final Path SCHEMA = HOME.resolve("../shared/reference/open-dental-schema.csv");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** A field of the API in a mapping: its own names begin with a capital. */
  private static final Pattern FIELD = Pattern.compile("\"([A-Z][A-Za-z0-9_]*)\":");

  /** {@code varchar(25) before 25.2}: what older offices hold. */
  private static final Pattern BEFORE = Pattern.compile("varchar\\((\\d+)\\) before");

  private static final Pattern VARCHAR = Pattern.compile("(?:var)?char\\((\\d+)\\).*");

  private static final TextColumn NUMBER = new TextColumn(0, false, TextColumn.Way.LEAVE);

  /** Names of the API that no column bears: enumerations, and the strings of depths of an exam. */
  private static final Set<String> NO_COLUMN =
      Set.of("ReferralType", "UpperFacial", "UpperLingual", "LowerLingual", "LowerFacial");

  @Test
  void everyTextThatAWriteSendsHasTheLengthOfItsColumn() throws Exception {
    assumeTrue(Files.exists(SCHEMA), "the collected columns of others are not here");
    Map<String, Map<String, TextColumn>> schema = schema();
    Writes writes = Writes.load(HOME.resolve("mappings"));
    List<String> wrong = new ArrayList<>();
    Set<String> looked = new TreeSet<>();
    for (String resource : resources(writes)) {
      Map<String, TextColumn> declared = writes.texts(resource);
      Map<String, TextColumn> columns = schema.getOrDefault(table(resource), Map.of());
      for (String field : sent(writes, resource)) {
        looked.add(resource + "." + field);
        boolean known = columns.containsKey(field) || NO_COLUMN.contains(field);
        if (!known && owners(writes, resource, schema, field).isEmpty()) {
          wrong.add(resource + "." + field + " is no column");
        }
        Optional<TextColumn> column =
            Optional.ofNullable(columns.get(field)).filter(each -> each.most() > 0);
        if (column.isPresent() && !declared.containsKey(field)) {
          wrong.add(resource + "." + field + " is a text of no said length");
        }
      }
      declared.forEach(
          (field, said) -> {
            TextColumn column = columns.getOrDefault(field, NUMBER);
            if (column.most() != said.most() || column.inBytes() != said.inBytes()) {
              wrong.add(resource + "." + field + " is said to hold " + said.bound());
            }
          });
    }
    assertEquals(List.of(), wrong);
    assertTrue(
        looked.containsAll(
            List.of(
                "patients.HmPhone",
                "appointments.Note",
                "commlogs.Note",
                "allergydefs.Description",
                "referrals.LName",
                "payments.CheckNum",
                "inssubs.SubscriberID")),
        looked.toString());
  }

  @Test
  void aTextIsCutByBytesOrCharactersAndWhatIsReservedIsLeftFree() {
    TextColumn bytes = new TextColumn(10, true, TextColumn.Way.CUT);
    assertEquals("ääää", bytes.cut("ääääää", 1));
    assertEquals("äääää", bytes.cut("äääää", 0));
    assertEquals("abc", bytes.cut("abc   defghi", 4));
    assertTrue(bytes.holds("€€€", 1) && !bytes.holds("€€€", 2));
    TextColumn characters = new TextColumn(4, false, TextColumn.Way.CUT);
    assertEquals("€€€€", characters.cut("€€€€€", 0));
    // Of a line end Open Dental may make two characters.
    assertEquals("a\nb", characters.cut("a\nbc", 0));
    assertEquals("a\r\nb", characters.cut("a\r\nbc", 0));
    assertEquals("", characters.cut("abc", 9));
  }

  @Test
  void aTextIsCutBehindAPlaceAsIfNothingStoodBeforeIt() {
    for (TextColumn column :
        List.of(
            new TextColumn(9, true, TextColumn.Way.CUT),
            new TextColumn(9, false, TextColumn.Way.CUT))) {
      String text = "a €\r\nbä\n\n c   d\r\n  ";
      for (int from = 0; from <= text.length(); from++) {
        for (int reserved = 0; reserved < 10; reserved++) {
          assertEquals(
              column.cut(text.substring(from), reserved), column.cut(text, from, reserved));
        }
      }
    }
  }

  /** What mappings make of it, and what names it. */
  private static Set<String> sent(Writes writes, String resource) throws IOException {
    Set<String> fields = new TreeSet<>();
    JsonNode file = YAML.readTree(HOME.resolve("mappings/write/" + resource + ".yaml").toFile());
    file.path("fields").fieldNames().forEachRemaining(fields::add);
    fields.removeIf(field -> !Character.isUpperCase(field.charAt(0)));
    Optional<RowKind> kind = writes.kind(resource);
    kind.filter(each -> each.takes().isBlank() && !each.nameField().isBlank())
        .ifPresent(each -> fields.addAll(each.naming()));
    for (RowKind each : writes.kinds()) {
      boolean points = each.define().filter(define -> define.in().equals(resource)).isPresent();
      if (each.name().equals(resource) || points) {
        Set<String> made = made(each.mappings().values());
        // A field of both is the row's that points, not its definition's.
        made.removeIf(field -> points && each.fields().containsKey(field));
        fields.addAll(made);
      }
    }
    if (resource.equals("patients") || resource.equals("appointments")) {
      fields.addAll(made(List.of("inbound/" + resource.substring(0, resource.length() - 1))));
    }
    return fields;
  }

  private static Set<String> made(Collection<String> mappings) throws IOException {
    Set<String> fields = new TreeSet<>();
    for (String mapping : mappings) {
      Matcher named =
          FIELD.matcher(Files.readString(HOME.resolve("mappings/" + mapping + ".jslt")));
      while (named.find()) {
        fields.add(named.group(1));
      }
    }
    return fields;
  }

  /** Which other table of the same mapping has it: a definition's, a part's, the row's own. */
  private static List<String> owners(
      Writes writes, String resource, Map<String, Map<String, TextColumn>> schema, String field) {
    return writes.kinds().stream()
        .filter(
            kind ->
                isBeside(kind, resource)
                    || writes.kind(resource).filter(own -> isBeside(own, kind.name())).isPresent())
        .map(kind -> table(kind.name()))
        .filter(table -> schema.getOrDefault(table, Map.of()).containsKey(field))
        .toList();
  }

  private static boolean isBeside(RowKind kind, String other) {
    return Stream.concat(
            kind.define().map(RowKind.Define::in).stream(),
            kind.parts().map(RowKind.Parts::in).stream())
        .anyMatch(other::equals);
  }

  /** Those of which something is written. */
  private static Set<String> resources(Writes writes) {
    return writes.all().stream()
        .map(write -> write.name().substring(0, write.name().indexOf('.')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A table is called by one of its rows. */
  private static String table(String resource) {
    return resource.replaceFirst("ies$", "y").replaceFirst("ches$", "ch").replaceFirst("s$", "");
  }

  /** By table and column; what is no text holds none. */
  private static Map<String, Map<String, TextColumn>> schema() throws IOException {
    Map<String, Map<String, TextColumn>> tables = new HashMap<>();
    for (String line : Files.readAllLines(SCHEMA)) {
      String[] parts = line.split(",", 4);
      tables
          .computeIfAbsent(parts[0], table -> new HashMap<>())
          .put(parts[1], column(parts[2], line));
    }
    return tables;
  }

  private static TextColumn column(String type, String line) {
    Matcher before = BEFORE.matcher(line);
    Matcher varchar = VARCHAR.matcher(type);
    if (varchar.matches()) {
      int most = Integer.parseInt(before.find() ? before.group(1) : varchar.group(1));
      return new TextColumn(most, false, TextColumn.Way.CUT);
    }
    return type.equals("text") ? new TextColumn(65_535, true, TextColumn.Way.CUT) : NUMBER;
  }
}
