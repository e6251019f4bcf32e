package pontic.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.house.House;

/**
 * Nothing in the repository has the wording of the CDT, CPT, SNODENT or SNOMED CT (decision 0217).
 * Found by their form, a code with words behind it, and by fingerprints of what is written most.
 */
final class LicensedWordingTest {
  private static final Path HOME = House.home();
  private static final Set<String> ELSEWHERE = Set.of("target", ".git", ".idea", "node_modules");
  private static final int LARGEST = 2_000_000;

  /** What a list of codes looks like, in text, YAML, JSON, CSV and FHIR. */
  private static final Map<String, Pattern> FORMS =
      new TreeMap<>(
          Map.of(
              "a CDT code with words",
              Pattern.compile(
                  "\\bD[0-9]{4}\\b[\"']?[ \\t]*[-–—:,;|=>(\\t][-–—:,;|=>(\\t ]*[\"']?[A-Za-z]{3,}["
                      + " /-]+[a-z(]"),
              "a CDT code with a display",
              Pattern.compile(
                  "ada\\.org/(?:cdt|snodent)\"[^{}]{0,200}\"display\"|\"display\"[^{}]{0,200}ada\\.org/(?:cdt|snodent)\""),
              "a CPT code with a display",
              Pattern.compile(
                  "ama-assn\\.org/go/cpt\"[^{}]{0,200}\"display\"|\"display\"[^{}]{0,200}ama-assn\\.org/go/cpt\""),
              "a SNOMED CT code with a display",
              Pattern.compile(
                  "snomed\\.info/sct\"[^{}]{0,200}\"display\"|\"display\"[^{}]{0,200}snomed\\.info/sct\""),
              "a SNOMED CT code with its term",
              Pattern.compile("\\b[0-9]{6,18} ?\\|[A-Z][a-z]+[^|\\n]{0,100}\\|"),
              "a SNODENT code with its term",
              Pattern.compile("\\b1[0-9]{5}D\\b[\"']?[ \\t]*[:,;|=][ \\t]*[\"']?[A-Za-z]{3,}")));

  /** By number of words: the whole's digest by the first word's. */
  private final Map<Integer, Map<String, Set<String>>> fingerprints = fingerprints();

  private final Map<String, String> firsts = new HashMap<>();

  @Test
  void noFileHasWordsOfALicensedTerminology() throws IOException {
    List<String> found = new ArrayList<>();
    int[] read = {0};
    Files.walkFileTree(
        HOME,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes of) {
            return ELSEWHERE.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes of) throws IOException {
            byte[] bytes =
                of.isRegularFile() && of.size() < LARGEST ? Files.readAllBytes(file) : new byte[0];
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (text.indexOf('\0') < 0) {
              read[0]++;
              wording(text).forEach(what -> found.add(HOME.relativize(file) + ": " + what));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    assertTrue(read[0] > 1500, "the repository was not found");
    assertEquals(List.of(), found);
  }

  /** # is a digit: the test itself has no such line. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "D#### - made up wording",
        "D####: Made up wording",
        "  \"D####\": \"Made up wording\"",
        "D####,Made up",
        "D####|\"made up wording\"",
        "{\"system\": \"http://www.ada.org/cdt\", \"code\": \"D####\", \"display\": \"made up\"}",
        "{\"system\":\"http://snomed.info/sct\",\"code\":\"1\",\"display\":\"made up\"}",
        "{\"display\":\"made up\",\"code\":\"1\",\"system\":\"http://www.ama-assn.org/go/cpt\"}",
        "######## |Made up|",
        "1#####D: Made up"
      })
  void aCodeWithWordsIsFound(String text) {
    assertEquals(1, wording(text.replace('#', '9')).size(), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"ProcCode\": \"D2391\",\n \"Descript\": \"Filling as the office calls it\"",
        "only D and four digits; D0120, D1110 and D2391",
        "{\"system\": \"http://snomed.info/sct\", \"code\": \"716186003\"}",
        "SCH|100|20260301101500|PL-3"
      })
  void aCodeAloneIsNone(String text) {
    assertEquals(List.of(), wording(text), text);
  }

  /** Three words that nobody owns are in the list, so that it is seen to be looked at. */
  @Test
  void wordsOfTheListAreFoundWhateverStandsBetweenThem() {
    String words = "Quite x invented x bicuspid".replace(" x", "");
    assertEquals(1, wording("x\n* " + words.replace(" ", " -\n  ") + ", y").size());
  }

  private List<String> wording(String text) {
    List<String> found = new ArrayList<>();
    FORMS.forEach(
        (what, form) -> {
          if (form.matcher(text).find()) {
            found.add(what);
          }
        });
    List<String> words = Arrays.asList(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"));
    for (int at = 0; at < words.size(); at++) {
      String first = firsts.computeIfAbsent(words.get(at), word -> digest(word, 6));
      for (Map.Entry<Integer, Map<String, Set<String>>> of : fingerprints.entrySet()) {
        Set<String> wanted = of.getValue().getOrDefault(first, Set.of());
        if (!wanted.isEmpty() && at + of.getKey() <= words.size()) {
          String whole = String.join(" ", words.subList(at, at + of.getKey()));
          if (wanted.contains(digest(whole, 16))) {
            found.add("wording of fingerprint " + digest(whole, 16));
          }
        }
      }
    }
    return found;
  }

  private static Map<Integer, Map<String, Set<String>>> fingerprints() {
    try {
      Map<Integer, Map<String, Set<String>>> all = new HashMap<>();
      for (String line : Files.readAllLines(HOME.resolve("src/bundle/test/licensed-wording.txt"))) {
        if (!line.startsWith("#")) {
          String[] parts = line.split(" ");
          all.computeIfAbsent(Integer.valueOf(parts[0]), number -> new HashMap<>())
              .computeIfAbsent(parts[1], first -> new HashSet<>())
              .add(parts[2]);
        }
      }
      return all;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String digest(String text, int digits) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)))
          .substring(0, digits);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
