package pontic.generation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The state of everything that engineers edit.
 *
 * @param id first 12 hex digits of SHA-256 over the sorted relative paths and the bytes of routes/,
 *     mappings/, sql/ and config/; equal files have equal ids on every machine
 */
public record Generation(String id) {

  private static final int DIGITS = 12;

  /**
   * @param home holds routes/, mappings/ and sql/; a folder that is not there counts as empty
   * @param config the config folder, wherever it lies
   */
  public static Generation of(Path home, Path config) throws IOException {
    MessageDigest digest = sha256();
    add(digest, "config", config);
    add(digest, "mappings", home.resolve("mappings"));
    add(digest, "routes", home.resolve("routes"));
    add(digest, "sql", home.resolve("sql"));
    return new Generation(HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS));
  }

  private static void add(MessageDigest digest, String area, Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .forEach(names::add);
    }
    Collections.sort(names);
    for (String name : names) {
      part(digest, (area + "/" + name).getBytes(StandardCharsets.UTF_8));
      part(digest, Files.readAllBytes(folder.resolve(name)));
    }
  }

  /** Each part with its length, so that no two trees give the same bytes. */
  private static void part(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.length).array());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
