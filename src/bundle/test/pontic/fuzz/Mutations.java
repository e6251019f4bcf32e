package pontic.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Bytes that were a sample, each changed in a few places. */
public final class Mutations {
  private static final int MOST = 6;

  /** Longer than any line that people write, shorter than a body may be. */
  private static final int LONG = 70_000;

  private Mutations() {}

  /**
   * One change.
   *
   * @param at where, as a share of the length
   * @param length of what is taken away or doubled
   */
  private record Change(String kind, double at, int length, byte[] bytes) {
    byte[] of(byte[] before) {
      int from = (int) (at * before.length);
      int to = Math.min(before.length, from + length);
      ByteArrayOutputStream after = new ByteArrayOutputStream();
      after.write(before, 0, from);
      switch (kind) {
        case "delete" -> after.write(before, to, before.length - to);
        case "double" -> after.write(before, from, before.length - from);
        case "insert" -> {
          after.writeBytes(bytes);
          after.write(before, from, before.length - from);
        }
        case "stretch" -> {
          byte one = from < before.length ? before[from] : (byte) 'x';
          for (int i = 0; i < LONG; i++) {
            after.write(one);
          }
          after.write(before, from, before.length - from);
        }
        default -> {
          after.writeBytes(bytes);
          int rest = Math.min(before.length, from + bytes.length);
          after.write(before, rest, before.length - rest);
        }
      }
      return after.toByteArray();
    }
  }

  /** Any of the samples with up to {@value #MOST} changes. */
  public static Arbitrary<byte[]> of(List<byte[]> samples, String... words) {
    Arbitrary<byte[]> inserted =
        Arbitraries.oneOf(
            Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(8),
            Arbitraries.of(words)
                .map(word -> word.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
    Arbitrary<Change> change =
        Combinators.combine(
                Arbitraries.frequencyOf(
                    net.jqwik.api.Tuple.of(5, Arbitraries.of("delete", "double", "insert", "over")),
                    net.jqwik.api.Tuple.of(1, Arbitraries.just("stretch"))),
                Arbitraries.integers().between(0, 9_999).map(place -> place / 10_000.0),
                Arbitraries.integers().between(1, 60),
                inserted)
            .as(Change::new);
    return Combinators.combine(Arbitraries.of(samples), change.list().ofMaxSize(MOST))
        .as(
            (sample, changes) -> {
              byte[] mutated = sample;
              for (Change each : changes) {
                mutated = each.of(mutated);
              }
              return mutated;
            })
        .withoutEdgeCases();
  }
}
