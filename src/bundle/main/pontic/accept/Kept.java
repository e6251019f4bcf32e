package pontic.accept;

import java.util.Arrays;

/**
 * What is kept of the arrivals of one frame: all of those that are taken, and of those that are
 * refused at the door the beginning, all of them together no more than 64 KiB. Nobody need be known
 * to be refused, and the store is everybody's (decision 0412).
 */
final class Kept {
  private static final int OF_REFUSED = 64 * 1024;

  private int left = OF_REFUSED;

  byte[] of(Arrival arrival) {
    byte[] body = arrival.body();
    if (arrival.refusal().isEmpty()) {
      return body;
    }
    int length = Math.min(left, body.length);
    left -= length;
    return length == body.length ? body : Arrays.copyOf(body, length);
  }
}
