package pontic.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import pontic.practice.Secret;
import pontic.secretfile.OwnerFile;

/** The key to {@code /control}: whoever may read the data folder may ask and stop the process. */
public final class ManagementToken {

  private static final String FILE = "management.token";

  private ManagementToken() {}

  /**
   * Reads {@code <data>/management.token}; makes it, readable by its owner only, if there is none.
   *
   * @throws IOException in words for people, also if others may read the file
   */
  public static Secret readOrMake(Path data) throws IOException {
    OwnerFile.make(data.resolve(FILE), OwnerFile.random() + "\n");
    Secret token = read(data).orElse(Secret.NONE);
    if (token.isBlank()) {
      throw new IOException(
          data.resolve(FILE) + " is blank; delete it and start again, so that a new one is made");
    }
    Optional<String> open = OwnerFile.tooOpen(data.resolve(FILE));
    if (open.isPresent()) {
      throw new IOException(
          data.resolve(FILE)
              + " may be read by others ("
              + open.get()
              + "); delete it and start again, so that a new one is made");
    }
    return token;
  }

  /** The token of the process on this data folder, if it ever ran. */
  public static Optional<Secret> read(Path data) throws IOException {
    Path file = data.resolve(FILE);
    return Files.isRegularFile(file)
        ? Optional.of(new Secret(Files.readString(file).strip()))
        : Optional.empty();
  }
}
