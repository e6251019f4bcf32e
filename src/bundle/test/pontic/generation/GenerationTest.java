package pontic.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationTest {

  @TempDir Path one;
  @TempDir Path other;

  @Test
  void equalFilesHaveEqualIdsAndEveryByteAndNameCounts() throws IOException {
    for (Path home : new Path[] {one, other}) {
      write(home, "routes/inbound/call.camel.yaml", "a");
      write(home, "config/application.properties", "b");
      write(home, "src/Not.java", home.toString());
    }
    String first = id(one);
    assertTrue(first.matches("[0-9a-f]{12}"), first);
    assertEquals(first, id(other));

    write(other, "routes/inbound/call.camel.yaml", "A");
    assertNotEquals(first, id(other));
    write(other, "routes/inbound/call.camel.yaml", "a");
    assertEquals(first, id(other));
    Files.move(
        other.resolve("routes/inbound/call.camel.yaml"),
        other.resolve("routes/inbound/tall.camel.yaml"));
    assertNotEquals(first, id(other));
  }

  private static String id(Path home) throws IOException {
    return Generation.of(home, home.resolve("config")).id();
  }

  private static void write(Path home, String name, String text) throws IOException {
    Files.createDirectories(home.resolve(name).getParent());
    Files.writeString(home.resolve(name), text);
  }
}
