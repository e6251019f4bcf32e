package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import pontic.fuzz.Mutations;

/** Whatever is sent to a base is accepted or refused with a reason, and nothing else. */
final class FacadeFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MARK = "@@here@@";

  /** In place of any value. */
  private static final List<byte[]> VALUES =
      List.of(
          text("null"),
          text("true"),
          text("[]"),
          text("{}"),
          text("\"\""),
          text("[[[[]]]]"),
          text("[".repeat(70) + "]".repeat(70)),
          text("{\"extension\":[".repeat(200) + "]}".repeat(200)),
          text("[".repeat(20_000)),
          text("9".repeat(99)),
          text("9".repeat(5_000)),
          text("-1e999999999"),
          text("1.0E-400"),
          text("\"" + "a".repeat(300_000) + "\""),
          text("\"" + "ä".repeat(40_000) + "\""),
          text("\"\\ud800\""),
          text("\"\\u0000\""),
          text("\"\\u202e<script>\""),
          text("{\"resourceType\":\"Bundle\"}"),
          text("{\"a\":1,\"a\":2}"),
          text("{\"reference\":\"http://127.0.0.1:1/x\"}"),
          text("{\"reference\":\"#\"}"),
          text("\"0000-00-00\""),
          text("\"2026-02-30T25:61:61+99:00\""),
          new byte[] {'"', (byte) 0xC3, (byte) 0x28, '"'},
          new byte[] {'"', (byte) 0xF0, (byte) 0x9F, '"'},
          new byte[] {'"', 0, '"'});

  private static FacadeDoor door;

  /** A body for an address. */
  private record Sent(String path, byte[] body) {
    @Override
    public String toString() {
      String text = new String(body, StandardCharsets.ISO_8859_1);
      return path + " " + text.substring(0, Math.min(2_000, text.length()));
    }
  }

  @BeforeContainer
  static void open() throws Exception {
    door = FacadeDoor.open();
  }

  @AfterContainer
  static void close() throws Exception {
    door.close();
  }

  @Provide
  Arbitrary<Sent> bytes() {
    return Arbitraries.of(FacadeDoor.SAMPLES.keySet())
        .flatMap(
            path ->
                Mutations.of(
                        List.of(text(FacadeDoor.SAMPLES.get(path))),
                        "{",
                        "}",
                        "[",
                        "]",
                        "\"",
                        ",",
                        ":",
                        "\\u",
                        "\0",
                        "null",
                        "1e9",
                        "\"resourceType\":\"Patient\",")
                    .map(body -> new Sent(path, body)));
  }

  @Provide
  Arbitrary<Sent> values() {
    return Combinators.combine(
            Arbitraries.of(FacadeDoor.SAMPLES.keySet()),
            Arbitraries.integers().between(0, 1_000),
            Arbitraries.of(VALUES))
        .as(
            (path, place, value) ->
                new Sent(path, replaced(FacadeDoor.SAMPLES.get(path), place, value)));
  }

  /** One of the sample's values, whichever the number hits, is another. */
  private static byte[] replaced(String sample, int place, byte[] value) {
    try {
      JsonNode tree = JSON.readTree(sample);
      List<Runnable> places = new ArrayList<>();
      collect(tree, places);
      places.get(place % places.size()).run();
      String[] around = JSON.writeValueAsString(tree).split("\"" + MARK + "\"", 2);
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.writeBytes(text(around[0]));
      body.writeBytes(value);
      body.writeBytes(text(around[1]));
      return body.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void collect(JsonNode node, List<Runnable> places) {
    if (node instanceof ObjectNode object) {
      object.fieldNames().forEachRemaining(name -> places.add(() -> object.put(name, MARK)));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        int at = i;
        places.add(() -> array.set(at, JSON.getNodeFactory().textNode(MARK)));
      }
    }
    node.forEach(each -> collect(each, places));
  }

  /** Else what is drawn of them would be refused for what they lack themselves. */
  @Example
  void theSamplesThemselvesAreTaken() throws Exception {
    for (Map.Entry<String, String> sample : FacadeDoor.SAMPLES.entrySet()) {
      assertEquals(
          sample.getKey().endsWith("$validate") ? 200 : 202,
          door.takenOrRefused(sample.getKey(), text(sample.getValue())),
          sample.getKey());
    }
  }

  @Property
  void mutatedBytesAreTakenOrRefused(@ForAll("bytes") Sent sent) throws Exception {
    door.takenOrRefused(sent.path(), sent.body());
  }

  @Property
  void valuesOfAnotherKindAreTakenOrRefused(@ForAll("values") Sent sent) throws Exception {
    door.takenOrRefused(sent.path(), sent.body());
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
