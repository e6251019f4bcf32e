package pontic.fuzz;

import java.io.IOException;

/** For the fuzzer: bytes of a frame, which are stored and answered, then read and mapped. */
public final class Hl7Target {
  private static Hl7Doors doors;

  private Hl7Target() {}

  public static void fuzzerInitialize() throws IOException {
    doors = Hl7Doors.open();
  }

  public static void fuzzerTestOneInput(byte[] input) {
    doors.readOrRefused(input);
    doors.answered(input);
  }

  public static void fuzzerTearDown() throws IOException {
    doors.close();
  }
}
