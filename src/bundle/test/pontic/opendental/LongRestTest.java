package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Purpose;
import pontic.lane.Spoken;
import pontic.lane.Waited;
import pontic.lane.Work;
import pontic.mapping.Writes;
import pontic.person.Person;
import pontic.store.KeyVault;
import pontic.store.Vault;

/** Words that take many entries of the communication log, plan after plan of one message. */
final class LongRestTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int LENGTH = 1_000_000;
  private static final String REFERENCE = " \\[ref P-[A-Z0-9]{10}]$";

  @TempDir Path folder;

  private final AtomicLong hashed = new AtomicLong();

  @Test
  void theEntriesOfALongTextAreTheTextAndEachPlanHashesItOnce() {
    ChartPlan chart = chart();
    String text = "word ä €\r\n ".repeat(LENGTH / 11);
    List<Asked> calls = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Decision decision = plan(chart, calls, text);
    while (!(decision instanceof Decision.Done)) {
      if (decision instanceof Decision.Ask ask) {
        calls.add(asked(calls.size(), Purpose.PLAN, CallState.ANSWERED, ask.request(), null, 0));
      } else {
        Decision.Write write = assertInstanceOf(Decision.Write.class, decision);
        notes.add(write.request().body().path("Note").asText());
        calls.add(
            asked(
                calls.size(),
                Purpose.CALL,
                CallState.LANDED,
                write.request(),
                write.baseline(),
                notes.size()));
      }
      decision = plan(chart, calls, text);
    }
    String said = "Note: " + text.strip();
    int from = 0;
    for (String note : notes) {
      assertTrue(note.getBytes(StandardCharsets.UTF_8).length <= 65_535, "no longer than a column");
      String begins = (from == 0 ? "More" : "Still more") + " of an Appointment: ";
      assertTrue(note.startsWith(begins), note.substring(0, 40));
      String piece = note.substring(begins.length()).replaceFirst(REFERENCE, "");
      assertTrue(said.startsWith(piece, from), "what was said, at its place");
      from += piece.length();
      while (from < said.length() && Character.isWhitespace(said.charAt(from))) {
        from++;
      }
    }
    assertEquals(said.length(), from);
    // 14 bytes of each 11 characters.
    assertEquals(1 + LENGTH / 11 * 14 / 65_535, notes.size());
    Set<String> references = new HashSet<>();
    notes.forEach(note -> references.add(Marker.in(note)));
    assertEquals(notes.size(), references.size());
  }

  private Decision plan(ChartPlan chart, List<Asked> calls, String text) {
    hashed.set(0);
    Decision decision =
        chart.kept(
            head(List.copyOf(calls)),
            new Decision.Done(true, Map.of(), Map.of(), "", List.of(), List.of(), Optional.empty()),
            List.of(text));
    assertTrue(hashed.get() < 1.1 * LENGTH, "hashed " + hashed.get() + " characters");
    return decision;
  }

  private ChartPlan chart() {
    OfficeTerms office =
        new OfficeTerms(
            "elm",
            ZoneId.of("UTC"),
            "local",
            1.0,
            HintTerms.NONE,
            "note",
            "leave",
            Set.of(),
            Set.of(),
            OfficeTerms.DoubleBooking.PARK,
            false,
            false);
    return new ChartPlan(
        Writes.load(Town.MAPPINGS),
        (practice, mapping, resource) -> MissingNode.getInstance(),
        practice -> Town.RULES,
        practice -> office,
        new Gate(new Answers(List.of(), List.of())),
        new Marker(new Counting(KeyVault.createDemo(folder.resolve("keys")).vault(), hashed)),
        new Columns(JSON.objectNode()),
        (practice, sender, record) -> false);
  }

  /** How much of it was hashed. */
  private record Counting(Vault vault, AtomicLong hashed) implements Vault {
    @Override
    public String seal(String table, String row, byte[] plain) {
      return vault.seal(table, row, plain);
    }

    @Override
    public byte[] open(String table, String row, String sealed) {
      return vault.open(table, row, sealed);
    }

    @Override
    public String index(String purpose, String value) {
      hashed.addAndGet(value.length());
      return vault.index(purpose, value);
    }
  }

  private static Head head(List<Asked> calls) {
    ObjectNode capabilities = JSON.objectNode().put("version", "25.2.30");
    capabilities.putObject("writes").putObject("commlogs.post").put("on", true);
    return new Head(
        new Work("w-1", "elm", 1, "m-1", "s", "book", "p-1", "", 0, 0, MissingNode.getInstance()),
        Optional.of(new Person("elm", "p-1", "known", 5, "")),
        Optional.empty(),
        Optional.empty(),
        calls,
        List.of(),
        Map.of(),
        Set.of(),
        Instant.EPOCH,
        capabilities,
        Spoken.NOTHING,
        List.of(),
        Waited.NOT);
  }

  /** A list that is asked for is empty. */
  private static Asked asked(
      int ordinal,
      Purpose purpose,
      CallState state,
      ApiRequest request,
      JsonNode baseline,
      long key) {
    return new Asked(
        "c-" + ordinal,
        purpose,
        "",
        0,
        ordinal,
        state,
        Instant.EPOCH,
        200,
        request,
        JSON.arrayNode(),
        baseline == null ? MissingNode.getInstance() : baseline,
        key,
        "");
  }
}
