package pontic.generation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state of everything that engineers edit.
 *
 * @param id first 12 hex digits of SHA-256 over the sorted relative paths and the bytes of {@link
 *     #files}; equal files have equal ids on every machine
 */
public record Generation(String id) {

  private static final int DIGITS = 12;

  /**
   * @param home holds routes/, mappings/ and sql/; a folder that is not there counts as empty
   * @param config the config folder, wherever it lies
   */
  public static Generation of(Path home, Path config) throws IOException {
    MessageDigest digest = sha256();
    for (Map.Entry<String, Path> file : files(home, config).entrySet()) {
      part(digest, file.getKey().getBytes(StandardCharsets.UTF_8));
      part(digest, Files.readAllBytes(file.getValue()));
    }
    return new Generation(HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS));
  }

  /**
   * What belongs to a generation: every file of routes/, mappings/ and sql/, and of the config
   * folder application.properties, practices/ and destinations/; what else lies there may be a
   * secret. Names that begin with a dot or end with {@code ~} are an editor's own.
   *
   * @return by the path below the home, {@code config/practices/elm.yaml}
   */
  static SortedMap<String, Path> files(Path home, Path config) throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    each(home, config, (name, file, attributes) -> files.put(name, file));
    return files;
  }

  /** One of {@link #files}, with what its folder's listing says of it. */
  @FunctionalInterface
  interface Each {
    void file(String name, Path file, BasicFileAttributes attributes);
  }

  /** {@link #files} in no order, each with its attributes, which come with it for nothing. */
  static void each(Path home, Path config, Each each) throws IOException {
    for (String area : new String[] {"mappings", "routes", "sql"}) {
      each(area, home.resolve(area), each);
    }
    each("config/destinations", config.resolve("destinations"), each);
    each("config/practices", config.resolve("practices"), each);
    Path properties = config.resolve("application.properties");
    if (Files.isRegularFile(properties)) {
      each.file(
          "config/application.properties",
          properties,
          Files.readAttributes(properties, BasicFileAttributes.class));
    }
  }

  private static void each(String area, Path folder, Each each) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        Set.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes found) {
            Path below = folder.relativize(file);
            if (found.isRegularFile() && counts(below)) {
              each.file(area + "/" + below.toString().replace('\\', '/'), file, found);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static boolean counts(Path below) {
    for (Path name : below) {
      if (name.toString().startsWith(".") || name.toString().endsWith("~")) {
        return false;
      }
    }
    return true;
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
