package pontic.send;

import java.util.List;

/**
 * What one holder of the lease does in one request.
 *
 * @param epoch of the lease; whoever acknowledges later than its lease stores nothing
 * @param step what is to be done
 * @param entries each identity once; empty if there is nothing to do
 */
public record Claim(
    String practice, String destination, long epoch, Step step, List<Dues.Entry> entries) {

  public Claim {
    entries = List.copyOf(entries);
  }

  /** What is to be done with the entries. */
  public enum Step {
    NOTHING,
    /** What stands at the destination is read, because earlier attempts are unclear. */
    READ_BACK,
    /** The newest versions are sent. */
    SEND
  }

  /** Nothing due, or someone else is at it. */
  public static Claim nothing(String practice, String destination) {
    return new Claim(practice, destination, 0, Step.NOTHING, List.of());
  }

  public boolean isReadBack() {
    return step == Step.READ_BACK;
  }

  public boolean isSend() {
    return step == Step.SEND;
  }

  /** Without the entries: they are patients'. */
  @Override
  public String toString() {
    return practice + " " + destination + " " + step + " " + entries.size();
  }
}
