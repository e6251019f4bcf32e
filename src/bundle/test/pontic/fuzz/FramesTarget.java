package pontic.fuzz;

import java.util.Arrays;
import java.util.List;

/** For the fuzzer: two lengths of packets, then bytes of a connection. */
public final class FramesTarget {
  private static final int HEAD = 2;

  private FramesTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length > HEAD) {
      Frames.heardOrClosed(
          Arrays.copyOfRange(input, HEAD, input.length),
          List.of(1 + (input[0] & 0xFF), 1 + (input[1] & 0xFF)));
    }
  }
}
