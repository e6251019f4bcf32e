package pontic.answer;

import pontic.hl7.Wanted;

/**
 * That the sender of a message will be told of its end.
 *
 * @param destination whose listener takes it
 * @param wanted of which ends
 * @param header MSH of the message as it came: the answer is made of it
 */
public record Promise(String destination, Wanted wanted, byte[] header) {

  /** Never the header. */
  @Override
  public String toString() {
    return "Promise[" + destination + " " + wanted + "]";
  }
}
