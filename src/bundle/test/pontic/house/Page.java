package pontic.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page of the docs that is made of something else; {@code -Dpontic.docs.write=true} writes it.
 *
 * @param name its path in the project
 */
public record Page(String name) {

  /** It says what is made now, or is made to say it. */
  public void says(String made) throws IOException {
    Path file = House.home().resolve(name);
    if (Boolean.getBoolean("pontic.docs.write")) {
      Files.writeString(file, made);
    } else {
      assertEquals(
          made,
          Files.readString(file),
          name + " is older than its sources; run this with -Dpontic.docs.write=true");
    }
  }
}
