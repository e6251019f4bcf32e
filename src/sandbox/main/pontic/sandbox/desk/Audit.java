package pontic.sandbox.desk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the client writes into securitylog when a table's row changes; 0 stands for nothing. Data:
 * {@code audit.tsv} beside this class.
 */
record Audit(Map<String, Types> tables) {
  private static final Types NONE = new Types(0, 0, 0, false);

  /**
   * PermTypes of one table.
   *
   * @param names whether the entry of a removal has the row's key
   */
  record Types(int add, int edit, int remove, boolean names) {}

  static Audit read() {
    try (InputStream in = Audit.class.getResourceAsStream("audit.tsv")) {
      if (in == null) {
        throw new IllegalStateException("The class path lacks the sandbox's audit.tsv");
      }
      return new Audit(
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split("\t"))
              .collect(
                  Collectors.toUnmodifiableMap(
                      f -> f[0],
                      f ->
                          new Types(
                              Integer.parseInt(f[1]),
                              Integer.parseInt(f[2]),
                              Integer.parseInt(f[3]),
                              f[4].equals("1")))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Types of(String table) {
    return tables.getOrDefault(table, NONE);
  }
}
