package pontic.generation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pontic.secretfile.OwnerFile;

/**
 * The folder {@code generations} of the data folder: a copy per generation, and the file {@code
 * current} that names the last good one. Both come to be under another name, are flushed to the
 * disk and renamed, so a process that dies leaves whole ones only. A file that is as it was in the
 * copy before is that file once more (a hard link): nobody writes to it, and it is on the disk.
 */
public final class Copies {
  private static final String CURRENT = "current";
  private static final String PART = ".part";
  private static final int KEPT = 2;

  private final Path folder;

  /** What was taken last: nobody runs it yet, and it may not go before somebody looked at it. */
  private Optional<String> taken = Optional.empty();

  /**
   * @param data the data folder
   */
  public Copies(Path data) {
    this.folder = data.resolve("generations");
  }

  /**
   * Copies what stands there now; empty if it was written to meanwhile. The copy stays at least
   * until the next one is taken.
   *
   * @param home holds routes/, mappings/ and sql/
   */
  public synchronized Optional<Copy> take(Path home, Path config) throws IOException {
    OwnerFile.folder(folder);
    String id = Generation.of(home, config).id();
    Copy copy = new Copy(id, folder.resolve(id));
    if (isWhole(copy)) {
      taken = Optional.of(id);
      Files.setLastModifiedTime(copy.folder(), FileTime.from(Instant.now()));
      return Optional.of(copy);
    }
    delete(copy.folder());
    Path before = folder.resolve(taken.orElse(id));
    taken = Optional.of(id);
    Path part = folder.resolve(id + PART);
    delete(part);
    OwnerFile.folder(part);
    for (Map.Entry<String, Path> file : Generation.files(home, config).entrySet()) {
      Path target = part.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      if (!isLinked(target, before.resolve(file.getKey()), file.getValue())) {
        write(target, Files.readAllBytes(file.getValue()));
      }
    }
    for (String area : List.of("routes", "mappings", "sql", "config")) {
      Files.createDirectories(part.resolve(area));
    }
    if (!Generation.of(part, part.resolve("config")).id().equals(id)
        || !Generation.of(home, config).id().equals(id)) {
      delete(part);
      return Optional.empty();
    }
    flush(part);
    Files.move(part, copy.folder(), StandardCopyOption.ATOMIC_MOVE);
    flushNames(folder);
    return Optional.of(copy);
  }

  /** The one that ran last, if its copy is still whole. */
  public Optional<Copy> lastGood() throws IOException {
    Path current = folder.resolve(CURRENT);
    if (!Files.isRegularFile(current)) {
      return Optional.empty();
    }
    String id = Files.readString(current).strip();
    Copy copy = new Copy(id, folder.resolve(id));
    return id.matches("[0-9a-f]{12}") && isWhole(copy) ? Optional.of(copy) : Optional.empty();
  }

  /** It runs: from now on a process that finds bad files starts with it. */
  public synchronized void good(Copy copy) throws IOException {
    if (lastGood().filter(copy::equals).isPresent()) {
      return;
    }
    Path part = folder.resolve(CURRENT + PART);
    write(part, (copy.id() + "\n").getBytes(StandardCharsets.UTF_8));
    Files.move(
        part,
        folder.resolve(CURRENT),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    flushNames(folder);
  }

  /**
   * Deletes all but the newest few, those that are needed and the one taken last. May be called
   * while another thread takes one.
   *
   * @param needed ids of those that run or drain
   */
  public synchronized void tidy(Collection<String> needed) throws IOException {
    Optional<String> last = lastGood().map(Copy::id);
    List<Path> others;
    try (Stream<Path> found = Files.list(folder)) {
      others =
          found
              .filter(Files::isDirectory)
              .filter(copy -> !needed.contains(copy.getFileName().toString()))
              .filter(copy -> taken.filter(copy.getFileName().toString()::equals).isEmpty())
              .filter(copy -> last.filter(copy.getFileName().toString()::equals).isEmpty())
              .sorted(Comparator.comparing(Copies::age).reversed())
              .toList();
    }
    for (Path copy : others.subList(Math.min(KEPT, others.size()), others.size())) {
      delete(copy);
    }
  }

  private static FileTime age(Path copy) {
    try {
      return Files.getLastModifiedTime(copy);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private static boolean isWhole(Copy copy) throws IOException {
    return Files.isDirectory(copy.folder())
        && Generation.of(copy.folder(), copy.config()).id().equals(copy.id());
  }

  /** False if it is another text than before, or the file system has no links. */
  private static boolean isLinked(Path target, Path before, Path now) throws IOException {
    if (!Files.isRegularFile(before) || Files.mismatch(before, now) >= 0) {
      return false;
    }
    try {
      Files.createLink(target, before);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /** The names in a folder, and in those below it, are on disk too. */
  private static void flush(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : (Iterable<Path>) all.filter(Files::isDirectory)::iterator) {
        flushNames(each);
      }
    }
  }

  /** Those below it excepted: another thread may be deleting there. */
  private static void flushNames(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      if (!System.getProperty("os.name").startsWith("Windows")) {
        throw e;
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
