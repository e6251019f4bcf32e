package pontic.mapping;

/**
 * Something that stands in the way of loading.
 *
 * @param file path below the folder that was loaded
 * @param line counted from 1; 0 if there is none
 */
public record Problem(String file, int line, String what) {
  @Override
  public String toString() {
    return line == 0 ? file + ": " + what : file + ":" + line + ": " + what;
  }
}
