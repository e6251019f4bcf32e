package pontic.capture;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of Open Dental's database versions, both ends included: 21.1 to 25.3 holds 25.3.36.0. */
public record Versions(Line from, Line to) {
  private static final Pattern NUMBERS = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(\\..*)?");

  /** The first two numbers of a version. */
  public record Line(int major, int minor) implements Comparable<Line> {
    static Optional<Line> of(String text) {
      Matcher numbers = NUMBERS.matcher(text.trim());
      return numbers.matches()
          ? Optional.of(
              new Line(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))))
          : Optional.empty();
    }

    @Override
    public int compareTo(Line other) {
      return major == other.major
          ? Integer.compare(minor, other.minor)
          : Integer.compare(major, other.major);
    }

    @Override
    public String toString() {
      return major + "." + minor;
    }
  }

  /** From a header such as {@code 21.1 to 25.3}; empty if it is not one. */
  static Optional<Versions> of(String text) {
    String[] ends = text.split(" to ", 2);
    if (ends.length < 2) {
      return Optional.empty();
    }
    return Line.of(ends[0]).flatMap(from -> Line.of(ends[1]).map(to -> new Versions(from, to)));
  }

  /** False for a text that is no version. */
  boolean hold(String version) {
    return Line.of(version)
        .map(line -> from.compareTo(line) <= 0 && line.compareTo(to) <= 0)
        .orElse(false);
  }

  @Override
  public String toString() {
    return from + " to " + to;
  }
}
