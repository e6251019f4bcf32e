package pontic.mapping;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How much a column of Open Dental's database holds of a text, and what is done with a longer one:
 * the database cuts it without a word (decision 0423).
 *
 * @param most characters, or bytes of UTF-8
 * @param inBytes whether bytes count: a {@code text}, where a {@code varchar} counts characters
 * @param way what becomes of a longer one
 */
public record TextColumn(int most, boolean inBytes, Way way) {

  /** What becomes of a text that is longer than its column. */
  public enum Way {
    /** Its beginning is written: words, of which the beginning is as true as the whole. */
    CUT("cut"),
    /** The field is left as it stands: half a name or number is another one. */
    LEAVE("left"),
    /** The field is emptied: what stands in it would belong to other parts of the message. */
    EMPTY("emptied"),
    /** The row is not written: without the field it would say something else. */
    REFUSE("row left");

    private final String words;

    Way(String words) {
      this.words = words;
    }

    /** As the file says it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** For the page of writes. */
    public String words() {
      return words;
    }

    static Optional<Way> of(String text) {
      return Arrays.stream(values()).filter(each -> each.text().equals(text)).findFirst();
    }

    static String all() {
      return Arrays.stream(values()).map(Way::text).collect(Collectors.joining(", "));
    }
  }

  /** How much it holds, for people. */
  public String bound() {
    return bound(0);
  }

  /** How much it holds beside so much of ours. */
  public String bound(int reserved) {
    return Math.max(0, most - reserved) + (inBytes ? " bytes" : " characters");
  }

  /**
   * @param reserved so much of it is for something else
   */
  public boolean holds(String text, int reserved) {
    return size(text) <= most - reserved;
  }

  /**
   * How much of the column a text takes. A line end counts as two characters, which Open Dental
   * makes of one.
   */
  public int size(String text) {
    int lone = 0;
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      lone += i == 0 || text.charAt(i - 1) != '\r' ? 1 : 0;
    }
    return lone + (inBytes ? text.getBytes(StandardCharsets.UTF_8).length : text.length());
  }

  /** The longest beginning that it holds, without white space at its end. */
  public String cut(String text, int reserved) {
    return cut(text, 0, reserved);
  }

  /**
   * The same of what a text has behind a place.
   *
   * @param from the place; what stands before it is not looked at
   */
  public String cut(String text, int from, int reserved) {
    int room = Math.max(0, most - reserved);
    int taken = 0;
    int end = from;
    while (end < text.length()) {
      char next = text.charAt(end);
      boolean isLone = next == '\n' && (end == from || text.charAt(end - 1) != '\r');
      taken += (inBytes ? bytes(next) : 1) + (isLone ? 1 : 0);
      if (taken > room) {
        break;
      }
      end++;
    }
    return text.substring(from, end).stripTrailing();
  }

  /** Of a character of the Basic Multilingual Plane; no other one stands in such a text. */
  private static int bytes(char character) {
    return character < 0x80 ? 1 : character < 0x800 ? 2 : 3;
  }
}
