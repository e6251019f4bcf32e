package pontic.retention;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pontic.store.Store;

/** Columns that may hold patient data, as docs/operations.md lists them. */
public final class SealedColumns {
  static final Path HOME = Path.of("..", "..").toAbsolutePath().normalize();

  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z_]+\\.[a-z_]+)` \\| [^|]+ \\| ([^|]+) \\|$", Pattern.MULTILINE);

  private SealedColumns() {}

  /** Each, as table.column, with what the page says of when it goes. */
  public static Map<String, String> listed() {
    String page;
    try {
      page = Files.readString(HOME.resolve("docs/operations.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String part = page.substring(page.indexOf("## What is kept for how long"));
    Map<String, String> listed = new TreeMap<>();
    Matcher row = ROW.matcher(part.substring(0, part.indexOf("\n## ", 1)));
    while (row.find()) {
      listed.put(row.group(1), row.group(2));
    }
    return listed;
  }

  /** Those of an embedded store in which a sealed value stands. */
  public static TreeSet<String> holding(Store store) {
    return store.read(
        tx -> {
          TreeSet<String> holding = new TreeSet<>();
          for (String column :
              tx.sql(
                      "select t.name || '.' || c.name from sqlite_master t, pragma_table_info(t.name) c where t.type = 'table' and lower(c.type) = 'text'")
                  .query(String.class)
                  .list()) {
            String[] parts = column.split("\\.");
            long rows =
                tx.sql(
                        "select count(*) from (select 1 from \"%s\" where \"%s\" like 'v1:%%:%%:%%' limit 1)"
                            .formatted(parts[0], parts[1]))
                    .query(Long.class)
                    .single();
            if (rows > 0) {
              holding.add(column);
            }
          }
          return holding;
        });
  }
}
