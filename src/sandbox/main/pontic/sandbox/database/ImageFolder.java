package pontic.sandbox.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An office's image share: first letter of the family name / {@code patient.ImageFolder} / {@code
 * document.FileName}. Only the first few documents get a file.
 *
 * @param root what preference DocPath says
 */
record ImageFolder(Path root) {
  private static final int FILES = 5;

  /** One grey pixel. */
  private static final byte[] PICTURE =
      Base64.getDecoder()
          .decode(
              "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==");

  /** Writes the files and tells the patients' folders; the documents are in the database. */
  void write(Connection connection, List<Map<String, Object>> people)
      throws IOException, SQLException {
    Map<Long, String> names = new LinkedHashMap<>();
    try (PreparedStatement documents =
            connection.prepareStatement(
                "SELECT PatNum, FileName FROM document WHERE FileName LIKE 'sandbox%'"
                    + " ORDER BY DocNum LIMIT "
                    + FILES);
        ResultSet rows = documents.executeQuery()) {
      while (rows.next()) {
        Map<String, Object> person = people.get((int) rows.getLong(1) - 1);
        String family = person.get("LName").toString();
        String folder = family + person.get("FName") + rows.getLong(1);
        names.put(rows.getLong(1), folder);
        Path place = root.resolve(family.substring(0, 1)).resolve(folder);
        Files.createDirectories(place);
        String name = rows.getString(2);
        Files.write(
            place.resolve(name),
            name.endsWith(".png")
                ? PICTURE
                : "A letter of the sandbox.\r\n".getBytes(StandardCharsets.UTF_8));
      }
    }
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE patient SET ImageFolder=? WHERE PatNum=?")) {
      for (Map.Entry<Long, String> name : names.entrySet()) {
        update.setString(1, name.getValue());
        update.setLong(2, name.getKey());
        update.executeUpdate();
      }
    }
  }
}
