package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import pontic.practice.Practice;
import pontic.send.Enclosed;
import pontic.send.OfficeFiles;

/**
 * Open Dental's A to Z folder: first letter of {@code patient.ImageFolder} in upper case / {@code
 * patient.ImageFolder} / {@code document.FileName} (ImageStore.GetPatientFolder and Documents of
 * the published source, 2003 to 24; the manual says the same).
 *
 * <p>Both names are somebody's text. They are taken as names of one step each, and each step is
 * opened from the one before without following links, so that no name, link or exchange of a folder
 * in between leads out of the folder. Exceptions quote paths, so none leaves here.
 */
public final class ImageShare implements OfficeFiles {
  /** A copy under way may have its full length before its contents. */
  private static final Duration STILL = Duration.ofSeconds(2);

  private static final int LONGEST_NAME = 255;
  private static final LinkOption[] NO_LINKS = {LinkOption.NOFOLLOW_LINKS};

  private final Map<String, Practice.Documents> practices;
  private final Clock clock;

  /**
   * @param practices by id; one that is not there lets no file leave
   */
  public ImageShare(Map<String, Practice.Documents> practices, Clock clock) {
    this.practices = Map.copyOf(practices);
    this.clock = clock;
  }

  /** What is done with a file that may leave, in the folder that it lies in. */
  private interface Step {
    File of(SecureDirectoryStream<Path> folder, Path name, BasicFileAttributes found)
        throws IOException;
  }

  @Override
  public File read(String practice, JsonNode row) {
    return find(practice, row, ImageShare::bytes);
  }

  @Override
  public Enclosed look(String practice, JsonNode row) {
    return find(practice, row, ImageShare::opens).how();
  }

  @Override
  public boolean isOn(String practice) {
    return of(practice).folder().isPresent();
  }

  @Override
  public String rule(String practice) {
    Practice.Documents documents = of(practice);
    return documents.folder().map(Path::toString).orElse("")
        + "|"
        + documents.mostBytes()
        + "|"
        + new TreeSet<>(documents.categories());
  }

  @Override
  public long most(String practice) {
    return of(practice).mostBytes();
  }

  private Practice.Documents of(String practice) {
    return practices.getOrDefault(practice, Practice.Documents.NONE);
  }

  private File find(String practice, JsonNode row, Step step) {
    Practice.Documents documents = of(practice);
    if (documents.folder().isEmpty()) {
      return File.without(Enclosed.OFF);
    }
    if (!documents.mayLeave(row.path("CategoryText").asText(""))) {
      return File.without(Enclosed.NOT_PERMITTED);
    }
    String folder = row.path("ImageFolder").asText("");
    String name = row.path("FileName").asText("");
    if (row.path("ImageFolder").isNull()
        || row.path("FileName").isNull()
        || folder.isBlank()
        || name.isBlank()) {
      return File.without(Enclosed.UNNAMED);
    }
    String letter = String.valueOf(Character.toUpperCase(folder.charAt(0)));
    if (!isName(letter) || !isName(folder) || !isName(name)) {
      return File.without(Enclosed.OUTSIDE);
    }
    return opened(documents, new String[] {letter, folder, name}, step);
  }

  /** One step of a path, on any system whose files these were. */
  private static boolean isName(String name) {
    return name.length() <= LONGEST_NAME
        && !name.equals(".")
        && !name.equals("..")
        && name.chars()
            .noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
  }

  private File opened(Practice.Documents documents, String[] names, Step step) {
    try (DirectoryStream<Path> root = Files.newDirectoryStream(documents.folder().orElseThrow())) {
      if (!root.iterator().hasNext()) {
        // As a mount looks that is not there.
        return File.without(Enclosed.AWAY);
      }
      return root instanceof SecureDirectoryStream<Path> secure
          ? below(secure, documents, names, step)
          : File.without(Enclosed.UNREADABLE);
    } catch (IOException | DirectoryIteratorException e) {
      // The second is what a mount says whose server has gone.
      return File.without(Enclosed.AWAY);
    }
  }

  private File below(
      SecureDirectoryStream<Path> root, Practice.Documents documents, String[] names, Step step) {
    try {
      Path letter = Path.of(names[0]);
      Path folder = Path.of(names[1]);
      if (!attributes(root, letter).isDirectory()) {
        return File.without(Enclosed.OUTSIDE);
      }
      try (SecureDirectoryStream<Path> first = root.newDirectoryStream(letter, NO_LINKS)) {
        if (!attributes(first, folder).isDirectory()) {
          return File.without(Enclosed.OUTSIDE);
        }
        try (SecureDirectoryStream<Path> second = first.newDirectoryStream(folder, NO_LINKS)) {
          return file(second, Path.of(names[2]), documents.mostBytes(), step);
        }
      }
    } catch (NoSuchFileException e) {
      return File.without(Enclosed.MISSING);
    } catch (IOException | InvalidPathException e) {
      // Not readable, exchanged meanwhile for a link, or a name that this system cannot write.
      return File.without(Enclosed.UNREADABLE);
    }
  }

  private File file(SecureDirectoryStream<Path> folder, Path name, int most, Step step)
      throws IOException {
    BasicFileAttributes found = attributes(folder, name);
    if (!found.isRegularFile()) {
      // Looked at before it is opened: to open a pipe would wait for its other end.
      return File.without(Enclosed.OUTSIDE);
    }
    if (found.size() > most) {
      return File.without(Enclosed.TOO_LARGE);
    }
    if (found.size() == 0) {
      return File.without(Enclosed.EMPTY);
    }
    Duration age = Duration.between(found.lastModifiedTime().toInstant(), clock.instant());
    if (!age.isNegative() && age.compareTo(STILL) < 0) {
      return File.without(Enclosed.GROWING);
    }
    return step.of(folder, name, found);
  }

  /** To be there is not enough: one that may not be read would be sent for nothing, for ever. */
  private static File opens(
      SecureDirectoryStream<Path> folder, Path name, BasicFileAttributes found) throws IOException {
    channel(folder, name).close();
    return File.without(Enclosed.JOINED);
  }

  private static SeekableByteChannel channel(SecureDirectoryStream<Path> folder, Path name)
      throws IOException {
    return folder.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  private static File bytes(
      SecureDirectoryStream<Path> folder, Path name, BasicFileAttributes found) throws IOException {
    int size = Math.toIntExact(found.size());
    byte[] bytes;
    try (SeekableByteChannel channel = channel(folder, name)) {
      bytes = Channels.newInputStream(channel).readNBytes(size + 1);
    }
    BasicFileAttributes after = attributes(folder, name);
    boolean isSame =
        bytes.length == size
            && after.size() == size
            && after.lastModifiedTime().equals(found.lastModifiedTime())
            && Objects.equals(after.fileKey(), found.fileKey());
    return isSame ? new File(Enclosed.JOINED, bytes) : File.without(Enclosed.GROWING);
  }

  private static BasicFileAttributes attributes(SecureDirectoryStream<Path> folder, Path name)
      throws IOException {
    return folder
        .getFileAttributeView(name, BasicFileAttributeView.class, NO_LINKS)
        .readAttributes();
  }
}
