package pontic.secretfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/** Small files that hold a secret: only their owner reads them, from the first byte on. */
public final class OwnerFile {

  private static final int RANDOM_BYTES = 24;

  private OwnerFile() {}

  /** A secret nobody can guess: 192 random bits as base64url. */
  public static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Makes the folder and those above it that are not there, for their owner only. */
  public static Path folder(Path folder) throws IOException {
    return Files.createDirectories(folder, owner(folder, "rwx------"));
  }

  /**
   * @return false if the file is there already; it is then left as it is
   */
  public static boolean make(Path file, String text) throws IOException {
    Path folder = folder(file.toAbsolutePath().getParent());
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            owner(folder, "rw-------"))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /**
   * Who else may read the file, in words; empty if nobody else may or the file system does not
   * know.
   */
  public static Optional<String> tooOpen(Path file) throws IOException {
    if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
      return Optional.empty();
    }
    Set<PosixFilePermission> given = Files.getPosixFilePermissions(file);
    Set<PosixFilePermission> own = PosixFilePermissions.fromString("rw-------");
    return own.containsAll(given)
        ? Optional.empty()
        : Optional.of(PosixFilePermissions.toString(given));
  }

  private static FileAttribute<?>[] owner(Path near, String permissions) {
    return near.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
