package pontic.translate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.mapping.CodeRefused;
import pontic.mapping.Mapped;
import pontic.mapping.Mapper;
import pontic.mapping.MapperOf;
import pontic.mapping.MappingException;
import pontic.mapping.MissedCode;
import pontic.practice.Practice;
import pontic.record.Kind;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.record.Translated.Outcome;

/**
 * Row to FHIR by {@code mappings/outbound/<resource>.jslt}. A row that cannot be mapped takes only
 * itself out: its record says why, and the page goes on.
 */
public final class Translator {
  private static final Logger LOG = LoggerFactory.getLogger(Translator.class);

  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cs}\\uFFFE\\uFFFF&&[^\\t\\r\\n]]");

  private final MapperOf mappers;
  private final Map<String, Practice> practices;
  private final ObjectMapper json = new ObjectMapper();

  /**
   * @param mappers of practices by name, {@code outbound/patient}
   */
  public Translator(MapperOf mappers, List<Practice> practices) {
    this.mappers = mappers;
    this.practices =
        practices.stream().collect(Collectors.toUnmodifiableMap(Practice::id, each -> each));
  }

  public Translated translate(Row row) {
    if (row.deleted()) {
      return without(row, Outcome.DELETED, "the row was deleted");
    }
    try {
      Mapped mapped = mapped(row);
      return mapped.value().isObject()
          ? new Translated(row, Outcome.MAPPED, mapped.value(), "", mapped.missed())
          : new Translated(
              row,
              Outcome.LEFT_OUT,
              MissingNode.getInstance(),
              "the mapping sends nothing for such a row",
              mapped.missed());
    } catch (CodeRefused e) {
      LOG.warn("{} was read and not sent: {}. It is sent once the code is there.", row, reason(e));
      return new Translated(
          row,
          Outcome.FAILED,
          MissingNode.getInstance(),
          reason(e),
          e.present() ? List.of(new MissedCode(e.table(), e.code(), e.code())) : List.of());
    } catch (MappingException e) {
      LOG.warn(
          "{} was read and not sent: {} Correct the mapping or the row; it is read again when it"
              + " changes.",
          row,
          e.getMessage());
      return without(row, Outcome.FAILED, e.getMessage());
    }
  }

  /**
   * The resource alone; no object where the mapping sends nothing for such a row.
   *
   * @throws MappingException if the mapping cannot take the row
   */
  public JsonNode map(Row row) {
    return mapper(row).map(printable(row.columns()), variables(row));
  }

  private Mapped mapped(Row row) {
    return mapper(row).mapped(printable(row.columns()), variables(row));
  }

  /** Without the code: beside its row it is a patient's. */
  private static String reason(CodeRefused e) {
    return "code table " + e.table() + " has no entry for a code of it; see ./pontic unmapped";
  }

  private Mapper mapper(Row row) {
    return mappers.mapper(row.practice(), "outbound/" + new Kind(row.resource()).name());
  }

  /** The columns without characters that neither FHIR nor XML can carry, whoever typed them. */
  private JsonNode printable(Map<String, Object> columns) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    columns.forEach((name, value) -> row.set(name, node(value)));
    return row;
  }

  /** What databases give is few types; a tree of the others is made by way of tokens. */
  private JsonNode node(Object value) {
    if (value instanceof String text) {
      return TextNode.valueOf(isPlain(text) ? text : UNPRINTABLE.matcher(text).replaceAll(""));
    }
    if (value instanceof Integer number) {
      return IntNode.valueOf(number);
    }
    if (value instanceof Long number) {
      return LongNode.valueOf(number);
    }
    return value == null ? NullNode.instance : json.valueToTree(value);
  }

  /** Whether nothing of it is unprintable for certain; nearly every text, and soon said. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean ordinary =
          c >= ' ' && c < 0x7f || c > 0x9f && c < 0xd800 || c == '\n' || c == '\r' || c == '\t';
      if (!ordinary) {
        return false;
      }
    }
    return true;
  }

  private Map<String, JsonNode> variables(Row row) {
    return Map.of(
        "id",
        TextNode.valueOf(new Kind(row.resource()).fhirId(row.practice(), row.key())),
        "practice",
        TextNode.valueOf(row.practice()),
        "zone",
        TextNode.valueOf(practices.get(row.practice()).zone().getId()));
  }

  private static Translated without(Row row, Outcome outcome, String reason) {
    return new Translated(row, outcome, MissingNode.getInstance(), reason);
  }
}
