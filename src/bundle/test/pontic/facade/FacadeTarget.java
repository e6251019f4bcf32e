package pontic.facade;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** For the fuzzer: one byte that says where it is sent, then a body. */
public final class FacadeTarget {
  private static FacadeDoor door;

  private FacadeTarget() {}

  /** Addresses, in the order of that byte. */
  private static List<String> addresses() {
    return List.copyOf(new TreeMap<>(FacadeDoor.SAMPLES).keySet());
  }

  /** A good body for each address. */
  public static List<byte[]> seeds() {
    List<String> addresses = addresses();
    return addresses.stream()
        .map(
            address ->
                ((char) addresses.indexOf(address) + FacadeDoor.SAMPLES.get(address))
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .toList();
  }

  public static void fuzzerInitialize() throws Exception {
    door = FacadeDoor.open();
  }

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (input.length > 0) {
      List<String> addresses = addresses();
      door.takenOrRefused(
          addresses.get((input[0] & 0xFF) % addresses.size()),
          Arrays.copyOfRange(input, 1, input.length));
    }
  }

  public static void fuzzerTearDown() throws Exception {
    door.close();
  }
}
