package pontic.sandbox.database;

/**
 * A line of Open Dental's database versions, such as 25.3. A level has everything that any build of
 * its line or of an older line added (open-dental-schema.md section 5).
 */
public record SchemaLevel(int major, int minor) implements Comparable<SchemaLevel> {

  /**
   * Reads the line from a version such as {@code 25.3} or {@code 25.3.36.0}.
   *
   * @throws IllegalArgumentException if the text does not begin with two numbers
   */
  public static SchemaLevel of(String version) {
    String[] parts = version.split("\\.");
    if (parts.length < 2) {
      throw new IllegalArgumentException(
          "Not a database version: '" + version + "'; write it like 25.3");
    }
    try {
      return new SchemaLevel(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Not a database version: '" + version + "'; write it like 25.3", e);
    }
  }

  @Override
  public int compareTo(SchemaLevel other) {
    int byMajor = Integer.compare(major, other.major);
    return byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
