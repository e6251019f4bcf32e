package pontic.capture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tables of Open Dental and the columns that any known version of it has. */
public final class OfficeTables {
  private final Map<String, Set<String>> columns;

  private OfficeTables(Map<String, Set<String>> columns) {
    this.columns = columns;
  }

  /** Those that Pontic was made with, out of {@code tables.txt}. */
  public static OfficeTables known() {
    Map<String, Set<String>> tables = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                OfficeTables.class.getResourceAsStream("tables.txt"), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int colon = line.indexOf(": ");
        if (colon > 0 && !line.startsWith("#")) {
          Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
          names.addAll(List.of(line.substring(colon + 2).split(" ")));
          tables.put(line.substring(0, colon), Collections.unmodifiableSet(names));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new OfficeTables(Collections.unmodifiableMap(tables));
  }

  public Set<String> names() {
    return columns.keySet();
  }

  /**
   * @param table in any case
   * @return names in any case; empty if there is no such table
   */
  public Optional<Set<String>> columns(String table) {
    return Optional.ofNullable(columns.get(table.toLowerCase(Locale.ROOT)));
  }
}
