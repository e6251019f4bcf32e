package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Function;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The functions that mapping files may call beside JSLT's own. A null argument gives null. What
 * cannot be read is refused with a {@link MappingException} that names the function and never the
 * value.
 *
 * <p>A local time that a change of clocks skips is moved forward by the gap; one that occurs twice
 * is the earlier.
 */
final class MappingFunctions {
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter WITH_OFFSET =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);
  private static final DateTimeFormatter HL7 =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmssxx", Locale.ROOT);
  private static final Pattern NO_DIGIT = Pattern.compile("[^0-9]");
  private static final Pattern BLANKS = Pattern.compile("\\s");

  /** Zeros that a number is written with at most; one of more keeps its exponent. */
  private static final int LONGEST_PLAIN = 40;

  private static final int DAY = "2026-03-01".length();
  private static final int MINUTES_PER_CHARACTER = 5;
  private static final int MAX_MINUTES = 540;

  private final UnderWay underWay;

  /**
   * @param underWay where the code tables are
   */
  MappingFunctions(UnderWay underWay) {
    this.underWay = underWay;
  }

  List<Function> all() {
    return List.of(
        new Of("code", 2, 3, this::code),
        new Of("code-unlisted", 2, a -> table(a).value(a[1].asText().trim())),
        new Of("knows-code", 2, a -> BooleanNode.valueOf(table(a).knows(a[1].asText().trim()))),
        new Of("has-codes", 1, a -> BooleanNode.valueOf(table(a).hasCodes())),
        new Of("local-to-instant", 2, MappingFunctions::localToInstant),
        new Of("instant-to-local", 2, MappingFunctions::instantToLocal),
        new Of("hl7-readable", 1, MappingFunctions::hl7Readable),
        new Of("hl7-to-date", 1, a -> TextNode.valueOf(Hl7Time.of(a[0].asText()).date())),
        new Of("hl7-to-datetime", 2, MappingFunctions::hl7ToDateTime),
        new Of("hl7-to-instant", 2, MappingFunctions::hl7ToInstant),
        new Of("practice-day", 2, MappingFunctions::practiceDay),
        new Of("instant-to-hl7", 2, MappingFunctions::instantToHl7),
        new Of("add-minutes", 2, MappingFunctions::addMinutes),
        new Of("minutes-between", 2, MappingFunctions::minutesBetween),
        new Of("format-date", 2, MappingFunctions::formatDate),
        new Of("digits", 1, a -> text(digits(a[0].asText()))),
        new Of("us-phone", 1, a -> text(usPhone(a[0].asText()))),
        new Of("urn-part", 1, a -> text(urnPart(a[0].asText()))),
        new Of("number-to-text", 1, a -> TextNode.valueOf(written(a[0]))),
        new Of("text-to-base64", 1, MappingFunctions::textToBase64),
        new Of("base64-to-base64", 1, MappingFunctions::base64ToBase64),
        new Hl7Split(),
        new Of("minutes-to-pattern", 1, MappingFunctions::minutesToPattern),
        new Of(
            "pattern-to-minutes",
            1,
            a -> IntNode.valueOf(a[0].asText().length() * MINUTES_PER_CHARACTER)));
  }

  private interface Body {
    JsonNode call(JsonNode[] arguments);
  }

  private final class Of implements Function {
    private final String name;
    private final int least;
    private final int most;
    private final Body body;

    Of(String name, int arguments, Body body) {
      this(name, arguments, arguments, body);
    }

    Of(String name, int least, int most, Body body) {
      this.name = name;
      this.least = least;
      this.most = most;
      this.body = body;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public int getMinArguments() {
      return least;
    }

    @Override
    public int getMaxArguments() {
      return most;
    }

    @Override
    public JsonNode call(JsonNode input, JsonNode[] given) {
      for (JsonNode argument : given) {
        if (argument == null || argument.isNull()) {
          return NullNode.instance;
        }
        if (!argument.isValueNode()) {
          throw new MappingException(
              name + "() was given a list or an object where it takes a text or a number");
        }
      }
      try {
        return body.call(given);
      } catch (DateTimeException | ArithmeticException unreadable) {
        underWay.unreadable(given);
        throw new MappingException(
            "a date, a time or a zone in the message cannot be read (" + name + ")");
      }
    }
  }

  /** A number with all digits that it came with and no exponent, as a person writes it. */
  private static String written(JsonNode number) {
    boolean isDecimal = number.isNumber() && !number.isIntegralNumber();
    if (!isDecimal || !Double.isFinite(number.doubleValue())) {
      return number.asText();
    }
    BigDecimal decimal = number.decimalValue();
    if (number.isDouble() && number.asText().contains("E")) {
      decimal = decimal.stripTrailingZeros();
    }
    return Math.abs((long) decimal.scale()) > LONGEST_PLAIN
        ? decimal.toString()
        : decimal.toPlainString();
  }

  /** Table, code, and the code's words if they are others. */
  private JsonNode code(JsonNode[] arguments) {
    CodeTable table = table(arguments);
    String code = arguments[1].asText().trim();
    if (table.lists(code)) {
      String text = arguments.length > 2 ? arguments[2].asText().trim() : "";
      underWay.missed(new MissedCode(table.name(), code, text.isEmpty() ? code : text));
    }
    return table.value(code);
  }

  private CodeTable table(JsonNode[] arguments) {
    return underWay.table(arguments[0].asText());
  }

  /**
   * Local time, with T or a blank, with or without seconds, in a zone; or an instant, which stays.
   */
  private static JsonNode localToInstant(JsonNode[] a) {
    String text = a[0].asText().trim().replace(' ', 'T');
    if (text.startsWith("0001-01-01")) {
      return NullNode.instance;
    }
    LocalDateTime local = LocalDateTime.parse(text);
    return told(local.atZone(ZoneId.of(a[1].asText())).toInstant());
  }

  /** The text's UTF-8 bytes, as FHIR carries content. */
  private static JsonNode textToBase64(JsonNode[] a) {
    return TextNode.valueOf(
        Base64.getEncoder().encodeToString(a[0].asText().getBytes(StandardCharsets.UTF_8)));
  }

  /** Without the line breaks that senders put in; null if it is no base64. */
  private static JsonNode base64ToBase64(JsonNode[] a) {
    String plain = BLANKS.matcher(a[0].asText()).replaceAll("");
    try {
      return plain.isEmpty() || Base64.getDecoder().decode(plain).length == 0
          ? NullNode.instance
          : TextNode.valueOf(plain);
    } catch (IllegalArgumentException none) {
      return NullNode.instance;
    }
  }

  private static JsonNode instantToLocal(JsonNode[] a) {
    Instant instant = OffsetDateTime.parse(a[0].asText()).toInstant();
    return TextNode.valueOf(LOCAL.format(instant.atZone(ZoneId.of(a[1].asText()))));
  }

  /** The same text; null if it is no time stamp or no date of the calendar. */
  private static JsonNode hl7Readable(JsonNode[] a) {
    try {
      Hl7Time.of(a[0].asText());
      return a[0];
    } catch (DateTimeException none) {
      return NullNode.instance;
    }
  }

  private static boolean isMidnight(OffsetDateTime at) {
    return at.getOffset().equals(ZoneOffset.UTC) && at.toLocalTime().equals(LocalTime.MIDNIGHT);
  }

  /**
   * The day of a FHIR date, or that on which a moment was in a zone; one without an offset is of
   * its own day, and midnight of UTC to the second is how many write a mere date. Null for what
   * names no day: a year, a month, a date that the calendar lacks.
   */
  private static JsonNode practiceDay(JsonNode[] a) {
    ZoneId zone = ZoneId.of(a[1].asText());
    String text = a[0].asText().trim();
    try {
      if (text.length() <= DAY) {
        return TextNode.valueOf(LocalDate.parse(text).toString());
      }
      TemporalAccessor moment =
          DateTimeFormatter.ISO_DATE_TIME.parseBest(
              text, OffsetDateTime::from, LocalDateTime::from);
      LocalDate day =
          moment instanceof OffsetDateTime at && !isMidnight(at)
              ? at.atZoneSameInstant(zone).toLocalDate()
              : LocalDateTime.from(moment).toLocalDate();
      return TextNode.valueOf(day.toString());
    } catch (DateTimeException none) {
      return NullNode.instance;
    }
  }

  /** As precise as the source: year, month, day, or time with offset. */
  private static JsonNode hl7ToDateTime(JsonNode[] a) {
    Hl7Time time = Hl7Time.of(a[0].asText());
    if (!time.hasTime()) {
      return TextNode.valueOf(time.date());
    }
    return TextNode.valueOf(WITH_OFFSET.format(time.at(ZoneId.of(a[1].asText()))));
  }

  /** Null if the source names no time of day: a day is no instant. */
  private static JsonNode hl7ToInstant(JsonNode[] a) {
    Hl7Time time = Hl7Time.of(a[0].asText());
    return time.hasTime() ? told(time.at(ZoneId.of(a[1].asText())).toInstant()) : NullNode.instance;
  }

  /** Local time of a zone with its offset, to the second: 20260309093000-0400. */
  private static JsonNode instantToHl7(JsonNode[] a) {
    return TextNode.valueOf(HL7.format(instant(a[0]).atZone(ZoneId.of(a[1].asText()))));
  }

  private static JsonNode addMinutes(JsonNode[] a) {
    return told(instant(a[0]).plus(Duration.ofMinutes(whole(a[1], "add-minutes"))));
  }

  private static JsonNode minutesBetween(JsonNode[] a) {
    return LongNode.valueOf(Duration.between(instant(a[0]), instant(a[1])).toMinutes());
  }

  private static JsonNode formatDate(JsonNode[] a) {
    try {
      return TextNode.valueOf(
          DateTimeFormatter.ofPattern(a[1].asText(), Locale.ROOT)
              .format(LocalDate.parse(a[0].asText())));
    } catch (IllegalArgumentException pattern) {
      throw new MappingException("format-date() was given a pattern that is none");
    }
  }

  /**
   * open-dental-api.md 2.2: one character per 5 minutes, provider time X, cut at 9 hours; longer is
   * refused here.
   */
  private static JsonNode minutesToPattern(JsonNode[] a) {
    int minutes = whole(a[0], "minutes-to-pattern");
    if (minutes < 1 || minutes > MAX_MINUTES) {
      throw new MappingException(
          "an appointment in Open Dental takes 1 to "
              + MAX_MINUTES
              + " minutes, this one does not (minutes-to-pattern)");
    }
    int length = (minutes + MINUTES_PER_CHARACTER - 1) / MINUTES_PER_CHARACTER;
    return TextNode.valueOf(length < 3 ? "X".repeat(length) : "/" + "X".repeat(length - 2) + "/");
  }

  private static String digits(String given) {
    return NO_DIGIT.matcher(given).replaceAll("");
  }

  /**
   * Ten digits, with or without the leading 1, as Open Dental writes them; anything else as it is.
   */
  private static String usPhone(String given) {
    String digits = digits(given);
    String ten = digits.length() == 11 && digits.startsWith("1") ? digits.substring(1) : digits;
    boolean foreign = given.contains("+") && !digits.startsWith("1");
    if (ten.length() != 10 || foreign || given.chars().anyMatch(Character::isLetter)) {
      return given.trim();
    }
    return "(" + ten.substring(0, 3) + ")" + ten.substring(3, 6) + "-" + ten.substring(6);
  }

  private static String urnPart(String given) {
    return URLEncoder.encode(given.trim(), StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%7C", "|");
  }

  /** Null for what FHIR has no digits: the last hours of 9999, which offices write for "never". */
  private static JsonNode told(Instant instant) {
    int year = instant.atZone(ZoneOffset.UTC).getYear();
    return year > 9999 || year < 1 ? NullNode.instance : TextNode.valueOf(instant.toString());
  }

  private static Instant instant(JsonNode node) {
    return OffsetDateTime.parse(node.asText()).toInstant();
  }

  private static int whole(JsonNode node, String function) {
    if (!node.isNumber()) {
      throw new MappingException(function + "() was given a number of minutes that is no number");
    }
    return (int) Math.round(Math.max(-1e6, Math.min(1e6, node.asDouble())));
  }

  private static JsonNode text(String value) {
    return value.isEmpty() ? NullNode.instance : TextNode.valueOf(value);
  }
}
