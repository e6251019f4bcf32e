package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.practice.Practice;
import pontic.send.Enclosed;
import pontic.send.OfficeFiles;

/** What is read of an office's image folder, whatever names stand in its database. */
class ImageShareTest {
  private static final int MOST = 1000;
  private static final byte[] SCAN =
      "%PDF-1.4 \u0000\u0001\u00ff".getBytes(StandardCharsets.ISO_8859_1);
  private static final Instant OLD = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path place;

  private Path root;
  private Path patient;
  private OfficeFiles share;

  @BeforeEach
  void folder() throws IOException {
    root = Files.createDirectories(place.resolve("images"));
    patient = Files.createDirectories(root.resolve("F/fernAda7"));
    put(patient.resolve("scan.pdf"), SCAN);
    put(place.resolve("secret.pdf"), SCAN);
    share = share(root);
  }

  @Test
  void aFileIsReadByteForByteWhereTheFolderOfThePatientIs() {
    OfficeFiles.File file = share.read("elm", row("Letters", "fernAda7", "scan.pdf"));
    assertEquals(Enclosed.JOINED, file.how());
    assertArrayEquals(SCAN, file.bytes());
    assertEquals(Enclosed.JOINED, share.look("elm", row(" letters ", "fernAda7", "scan.pdf")));
  }

  @Test
  void noFileLeavesOfACategoryThatIsNotNamedNorOfAPracticeWithoutAFolder() {
    for (String category : List.of("Photos", "", "Letters2")) {
      assertEquals(Enclosed.NOT_PERMITTED, ends(row(category, "fernAda7", "scan.pdf")), category);
    }
    JsonNode none = JsonNodeFactory.instance.objectNode().putNull("CategoryText");
    assertEquals(Enclosed.NOT_PERMITTED, ends(none));
    assertEquals(Enclosed.OFF, share.read("oak", row("Letters", "fernAda7", "scan.pdf")).how());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        ".",
        "../secret.pdf",
        "../../secret.pdf",
        "../fernAda7/scan.pdf",
        "..\\scan.pdf",
        "/etc/passwd",
        "C:scan.pdf",
        "sub/scan.pdf",
        "scan.pdf\u0000.txt",
        "scan\n.pdf",
        "\\\\server\\share\\scan.pdf"
      })
  void aNameOfMoreThanOneStepIsNotFollowed(String name) throws IOException {
    Files.createDirectories(patient.resolve("sub"));
    put(patient.resolve("sub/scan.pdf"), SCAN);
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", "fernAda7", name)));
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", name, "scan.pdf")));
  }

  @Test
  void aLinkIsNotFollowedWhereverItLeads() throws IOException {
    Files.createSymbolicLink(patient.resolve("out.pdf"), place.resolve("secret.pdf"));
    Files.createSymbolicLink(patient.resolve("in.pdf"), patient.resolve("scan.pdf"));
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", "fernAda7", "out.pdf")));
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", "fernAda7", "in.pdf")));

    Path outside = Files.createDirectories(place.resolve("outside/golfBob8"));
    put(outside.resolve("scan.pdf"), SCAN);
    Files.createSymbolicLink(root.resolve("F/foxEve9"), patient);
    Files.createSymbolicLink(root.resolve("G"), place.resolve("outside"));
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", "foxEve9", "scan.pdf")));
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", "golfBob8", "scan.pdf")));
  }

  @Test
  void whatIsNoPlainFileIsNotOpened() throws Exception {
    Files.createDirectories(patient.resolve("folder.pdf"));
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", "fernAda7", "folder.pdf")));
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", "fernAda7/..", "scan.pdf")));
    put(root.resolve("F/file"), SCAN);
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", "file", "scan.pdf")));
    Path pipe = patient.resolve("pipe.pdf");
    assumeTrue(
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0,
        "no pipe can be made here");
    assertEquals(Enclosed.OUTSIDE, ends(row("Letters", "fernAda7", "pipe.pdf")));
  }

  @Test
  void whatCannotBeReadNowIsSaidByItsReason() throws IOException {
    assertEquals(Enclosed.MISSING, ends(row("Letters", "fernAda7", "gone.pdf")));
    assertEquals(Enclosed.MISSING, ends(row("Letters", "fernNobody1", "scan.pdf")));
    assertEquals(Enclosed.MISSING, ends(row("Letters", "zulu1", "scan.pdf")));
    assertEquals(Enclosed.UNNAMED, ends(row("Letters", "", "scan.pdf")));
    assertEquals(Enclosed.UNNAMED, ends(row("Letters", "fernAda7", " ")));
    assertEquals(
        Enclosed.UNNAMED,
        ends(JsonNodeFactory.instance.objectNode().put("CategoryText", "Letters")),
        "a row that was read by an older statement");
    put(patient.resolve("empty.pdf"), new byte[0]);
    assertEquals(Enclosed.EMPTY, ends(row("Letters", "fernAda7", "empty.pdf")));
    put(patient.resolve("fits.pdf"), new byte[MOST]);
    assertEquals(Enclosed.JOINED, ends(row("Letters", "fernAda7", "fits.pdf")));
    put(patient.resolve("large.pdf"), new byte[MOST + 1]);
    assertEquals(Enclosed.TOO_LARGE, ends(row("Letters", "fernAda7", "large.pdf")));
  }

  @Test
  void whatWasWrittenJustNowMayStillBeWritten() throws IOException {
    Clock clock = Clock.fixed(OLD.plusSeconds(1), ZoneOffset.UTC);
    OfficeFiles soon = new ImageShare(Map.of("elm", documents(root)), clock);
    assertEquals(Enclosed.GROWING, soon.read("elm", row("Letters", "fernAda7", "scan.pdf")).how());
    assertEquals(Enclosed.GROWING, soon.look("elm", row("Letters", "fernAda7", "scan.pdf")));
  }

  @Test
  void whatIsExchangedWhileItIsReadDoesNotLeave() throws IOException {
    Path file = patient.resolve("scan.pdf");
    assertEquals(
        Enclosed.GROWING,
        meanwhile(() -> Files.write(file, new byte[] {1}, StandardOpenOption.APPEND)));
    put(file, SCAN);
    assertEquals(Enclosed.GROWING, meanwhile(() -> Files.write(file, SCAN)), "written anew");
    put(file, SCAN);
    assertEquals(Enclosed.GROWING, meanwhile(() -> Files.write(file, new byte[] {1})), "shorter");
    put(file, SCAN);
    assertEquals(Enclosed.MISSING, meanwhile(() -> Files.delete(file)));
    put(file, SCAN);
    assertEquals(
        Enclosed.UNREADABLE,
        meanwhile(
            () -> {
              Files.delete(file);
              Files.createSymbolicLink(file, place.resolve("secret.pdf"));
            }),
        "a link out of the folder");
  }

  private interface Change {
    void happens() throws IOException;
  }

  /** How it ends if that happens after the file was found and before it is opened. */
  private Enclosed meanwhile(Change change) {
    Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            try {
              change.happens();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return OLD.plusSeconds(60);
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    return new ImageShare(Map.of("elm", documents(root)), clock)
        .read("elm", row("Letters", "fernAda7", "scan.pdf"))
        .how();
  }

  @Test
  void aFolderThatIsNotMountedIsAway() throws IOException {
    OfficeFiles nowhere = share(place.resolve("nowhere"));
    assertEquals(Enclosed.AWAY, nowhere.look("elm", row("Letters", "fernAda7", "scan.pdf")));
    OfficeFiles empty = share(Files.createDirectories(place.resolve("mount-point")));
    assertEquals(Enclosed.AWAY, empty.look("elm", row("Letters", "fernAda7", "scan.pdf")));
  }

  @Test
  void aFileThatMayNotBeReadIsUnreadable() throws IOException {
    Path closed = patient.resolve("closed.pdf");
    put(closed, SCAN);
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    assumeTrue(!Files.isReadable(closed), "this user reads everything");
    assertEquals(Enclosed.UNREADABLE, ends(row("Letters", "fernAda7", "closed.pdf")));
    assertEquals(
        Enclosed.UNREADABLE,
        share.look("elm", row("Letters", "fernAda7", "closed.pdf")),
        "or it would be sent again for ever");
  }

  private Enclosed ends(JsonNode row) {
    return share.read("elm", row).how();
  }

  private static OfficeFiles share(Path root) {
    return new ImageShare(Map.of("elm", documents(root)), Clock.systemUTC());
  }

  private static Practice.Documents documents(Path root) {
    return new Practice.Documents(Optional.of(root), MOST, Set.of("Letters"));
  }

  private static JsonNode row(String category, String folder, String name) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("CategoryText", category)
        .put("ImageFolder", folder)
        .put("FileName", name);
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, FileTime.from(OLD));
  }
}
