package pontic.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The data folder, held by one process: the operating system gives the lock back when the process
 * ends in whatever way.
 */
final class DataFolder implements AutoCloseable {
  /**
   * The operating system's lock belongs to the process, and closing any second channel on the file
   * would give it up. So who holds a folder within this process has to be known process-wide too.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private DataFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Makes the folder if needed (owner only) and locks it.
   *
   * @throws StoreException if another process holds it or it cannot be made
   */
  static DataFolder hold(Path wanted) {
    Path folder;
    try {
      folder =
          Files.createDirectories(wanted.toAbsolutePath(), ownerOnly(wanted, "rwx------"))
              .toRealPath();
    } catch (IOException e) {
      throw new StoreException(
          "The data folder "
              + wanted
              + " cannot be made or opened: "
              + e.getClass().getSimpleName(),
          e);
    }
    if (!HELD_HERE.add(folder)) {
      throw inUse(folder, ProcessHandle.current().pid() + ", this one");
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve("lock"),
              Set.<OpenOption>of(
                  StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
              ownerOnly(folder, "rw-------"));
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(folder, pid(channel));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)),
          0);
      return new DataFolder(folder, channel);
    } catch (IOException e) {
      release(folder, channel);
      throw new StoreException(
          "The data folder " + folder + " cannot be locked: " + e.getClass().getSimpleName(), e);
    } catch (StoreException e) {
      release(folder, channel);
      throw e;
    }
  }

  /**
   * A file in the folder that only the owner can read; SQLite gives its side files the same
   * permissions.
   */
  Path ownFile(String name) {
    Path file = folder.resolve(name);
    try {
      if (!Files.exists(file)) {
        Files.createFile(file, ownerOnly(folder, "rw-------"));
      }
    } catch (IOException e) {
      throw new StoreException(
          "The file " + file + " cannot be made: " + e.getClass().getSimpleName(), e);
    }
    return file;
  }

  /** A file that only Pontic's user may read; it must not exist yet. */
  static void makeOwnFile(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createFile(file, ownerOnly(folder, "rw-------"));
  }

  @Override
  public void close() {
    // Closed a second time, the folder may be another store's by now.
    if (channel.isOpen()) {
      release(folder, channel);
    }
  }

  private static void release(Path folder, FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new StoreException(
          "The lock of the data folder " + folder + " could not be given back", e);
    } finally {
      HELD_HERE.remove(folder);
    }
  }

  private static StoreException inUse(Path folder, String pid) {
    return new StoreException(
        "The data folder "
            + folder
            + " is in use by another Pontic (process "
            + pid
            + "): stop it or choose another folder");
  }

  private static String pid(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(20);
    channel.read(text, 0);
    String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
    return pid.matches("[0-9]+") ? pid : "unknown";
  }

  private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
