package pontic.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever stands in a frame is stored once and answered, and is read or refused. */
final class Hl7FuzzTest {
  private static final Path OURS = Path.of("test/corpus");
  private static final Path OTHERS = Path.of("../../../shared/data/hl7v2");
  private static final int MOST_OF_OTHERS = 150;

  private static Hl7Doors doors;
  private static List<byte[]> samples;

  @BeforeContainer
  static void open() throws Exception {
    doors = Hl7Doors.open();
    samples = new ArrayList<>(read(OURS));
    if (Files.isDirectory(OTHERS)) {
      samples.addAll(read(OTHERS).stream().limit(MOST_OF_OTHERS).toList());
    } else {
      System.out.println("The collected messages of others are not here, only ours are mutated");
    }
  }

  @AfterContainer
  static void close() throws Exception {
    doors.close();
  }

  private static List<byte[]> read(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".hl7"))
          .sorted()
          .map(Hl7FuzzTest::bytes)
          .toList();
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Provide
  Arbitrary<byte[]> messages() {
    return Mutations.of(
        samples,
        "\r",
        "\n",
        "|",
        "^",
        "~",
        "\\",
        "&",
        "\\X",
        "\\X0\\",
        "\\Z",
        "\0",
        "\r\r",
        "MSH|",
        "BHS|",
        "FHS|",
        "BTS|9",
        "\"\"",
        "ÿ",
        "9999999999999999999");
  }

  @Property
  void everyFrameIsAnsweredAndHasOneReceiptForEachMessage(@ForAll("messages") byte[] frame) {
    doors.answered(frame);
  }

  @Property
  void everyMessageIsReadOrRefused(@ForAll("messages") byte[] message) {
    doors.readOrRefused(message);
  }
}
