package pontic.operator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.secretfile.OwnerFile;

/**
 * Who may log in to Hawtio and to the control endpoint: {@code name:role:pbkdf2:…} in lines of a
 * file, or joined by commas in the environment.
 */
public final class Users {

  private static final Logger LOG = LoggerFactory.getLogger(Users.class);

  private static final String FILE = "hawtio-users";
  private static final String PASSWORD_FILE = "hawtio-admin.password";
  private static final String ENVIRONMENT = "PONTIC_HAWTIO_USERS";

  private record User(Role role, Password password) {}

  private final Map<String, User> users;
  private final Password nobody = Password.thatNobodyHas();
  private final Lately lately = new Lately(System::nanoTime);

  private Users(Map<String, User> users) {
    this.users = Map.copyOf(users);
  }

  /**
   * Reads {@code PONTIC_HAWTIO_USERS}, else {@code <data>/hawtio-users}. If there is neither, makes
   * the user {@code admin} with a random password, which it writes to {@code
   * <data>/hawtio-admin.password}, readable by its owner only.
   *
   * @throws IOException in words for people
   */
  public static Users load(Path data, Map<String, String> environment) throws IOException {
    String set = environment.getOrDefault(ENVIRONMENT, "");
    if (!set.isBlank()) {
      return parse(List.of(set.split(",")), ENVIRONMENT);
    }
    Path file = data.resolve(FILE);
    if (!Files.exists(file)) {
      String password = OwnerFile.random();
      Files.deleteIfExists(data.resolve(PASSWORD_FILE));
      OwnerFile.make(data.resolve(PASSWORD_FILE), password + "\n");
      OwnerFile.make(file, line("admin", Role.ADMIN, password.toCharArray()) + "\n");
      LOG.info("hawtio: made the user admin; its password is in {}", data.resolve(PASSWORD_FILE));
    }
    Optional<String> open = OwnerFile.tooOpen(file);
    if (open.isPresent()) {
      throw new IOException(
          file + " may be read by others (" + open.get() + "); take that right away");
    }
    return parse(Files.readAllLines(file), file.toString());
  }

  /** A line of the file. */
  public static String line(String name, Role role, char[] password) {
    return name + ":" + role.text() + ":" + Password.of(password).text();
  }

  private static Users parse(List<String> lines, String where) throws IOException {
    Map<String, User> users = new HashMap<>();
    int number = 0;
    for (String line : lines) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.strip().split(":", 3);
      Optional<Role> role = parts.length == 3 ? Role.of(parts[1]) : Optional.empty();
      Optional<Password> password = parts.length == 3 ? Password.parse(parts[2]) : Optional.empty();
      if (role.isEmpty() || password.isEmpty() || !parts[0].matches("[A-Za-z0-9._@-]{1,64}")) {
        throw new IOException(
            where
                + ": user "
                + number
                + " is not name:role:pbkdf2:iterations:salt:hash with role viewer, operator or admin");
      }
      if (users.put(parts[0], new User(role.get(), password.get())) != null) {
        throw new IOException(where + ": user " + number + " is there twice");
      }
    }
    if (users.isEmpty()) {
      throw new IOException(
          where + " names no user; delete it and start again, so that admin is made");
    }
    return new Users(users);
  }

  /**
   * The role, if name and password are right. What is not right takes as long for a name that
   * nobody has.
   */
  public Optional<Role> login(String name, char[] password) {
    Optional<User> user = Optional.ofNullable(users.get(name));
    if (user.isPresent() && lately.was(name, password)) {
      return user.map(User::role);
    }
    if (!user.map(User::password).orElse(nobody).is(password) || user.isEmpty()) {
      return Optional.empty();
    }
    lately.is(name, password);
    return user.map(User::role);
  }
}
