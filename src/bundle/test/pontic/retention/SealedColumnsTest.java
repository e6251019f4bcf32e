package pontic.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.audit.SqlAudit;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.store.Transaction;

/** Every column that may hold patient data goes by a rule, and by the one that is told. */
final class SealedColumnsTest {
  private static final String WITH_CONTENTS = "with the contents";

  /** Where one stands in a migration, and what the comment behind it begins with. */
  private static final Pattern PLACE =
      Pattern.compile(
          "create table (?<table>\\w+)|alter table (?<altered>\\w+) add column (?<added>\\w+)[^-]*-- sealed\\b"
              + "|^ +(?<column>\\w+) text [^-]*-- sealed\\b|^ +(?<sealed>sealed) text ");

  @TempDir Path folder;

  @Test
  void everySealedColumnOfTheStoreIsListedAndNoOther() throws Exception {
    assertEquals(sealed(), new TreeSet<>(SealedColumns.listed().keySet()));
  }

  @Test
  void whatIsSaidToGoWithTheContentsIsGone() throws Exception {
    Map<String, String> going =
        SealedColumns.listed().entrySet().stream()
            .filter(column -> column.getValue().contains(WITH_CONTENTS))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertTrue(going.size() > 5, going.toString());
    try (Store store =
        Stores.open(
            StoreSettings.embedded(folder.resolve("store")),
            KeyVault.createDemo(folder.resolve("keys")).vault())) {
      List<String> tables =
          going.keySet().stream().map(column -> column.split("\\.")[0]).distinct().toList();
      store.write(
          tx -> {
            tables.forEach(table -> fill(tx, table));
            return true;
          });
      for (String column : going.keySet()) {
        assertEquals(1, full(store, column), column);
      }
      new Retention(store, new SqlAudit()).contents(90);
      for (String column : going.keySet()) {
        assertEquals(0, full(store, column), column);
      }
    }
  }

  /** A row of the message m1 that has landed long ago, with something in every column. */
  private static void fill(Transaction tx, String table) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    tx.sql("select name, lower(type) as type from pragma_table_info('" + table + "')")
        .query(
            (row, n) -> {
              String name = row.getString("name");
              names.add(name);
              values.add(row.getString("type").equals("text") ? value(table, name) : "1");
              return name;
            })
        .list();
    tx.sql(
            "insert into %s (%s) values (%s)"
                .formatted(table, String.join(", ", names), String.join(", ", values)))
        .update();
  }

  private static String value(String table, String column) {
    return switch (column) {
      case "message_id" -> "'m1'";
      case "work_id" -> "'w1'";
      case "id" -> table.equals("message") ? "'m1'" : "'w1'";
      case "receipt_end" -> "'landed'";
      case "state" -> table.equals("answer") ? "'told'" : "'done'";
      default -> "'sealed'";
    };
  }

  private static long full(Store store, String column) {
    String[] parts = column.split("\\.");
    return store.read(
        tx ->
            tx.sql("select count(*) from %s where %s <> ''".formatted(parts[0], parts[1]))
                .query(Long.class)
                .single());
  }

  private static TreeSet<String> sealed() throws IOException {
    TreeSet<String> sealed = new TreeSet<>();
    List<Path> files;
    try (Stream<Path> found =
        Files.list(SealedColumns.HOME.resolve("src/bundle/main/pontic/store/migration/common"))) {
      files = found.sorted().toList();
    }
    for (Path file : files) {
      String table = "";
      for (String line : Files.readAllLines(file)) {
        Matcher place = PLACE.matcher(line);
        if (!place.find()) {
          continue;
        }
        if (place.group("table") != null) {
          table = place.group("table");
        } else if (place.group("altered") != null) {
          sealed.add(place.group("altered") + "." + place.group("added"));
        } else {
          sealed.add(
              table
                  + "."
                  + (place.group("column") == null
                      ? place.group("sealed")
                      : place.group("column")));
        }
      }
    }
    return sealed;
  }
}
