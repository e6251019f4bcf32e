package pontic.send;

import java.util.List;
import java.util.Map;

/**
 * What one holder of the lease does in one request.
 *
 * @param epoch of the lease; whoever acknowledges later than its lease stores nothing
 * @param deadline of {@link System#nanoTime()}: not sent after it
 * @param step what is to be done
 * @param entries each identity once; empty if there is nothing to do
 * @param files of documents among them, by identity, once they have been looked for
 */
public record Claim(
    String practice,
    String destination,
    long epoch,
    long deadline,
    Step step,
    List<Dues.Entry> entries,
    Map<String, OfficeFiles.File> files) {

  public Claim {
    entries = List.copyOf(entries);
    files = Map.copyOf(files);
  }

  /** Whose files nobody has looked for. */
  public Claim(
      String practice,
      String destination,
      long epoch,
      long deadline,
      Step step,
      List<Dues.Entry> entries) {
    this(practice, destination, epoch, deadline, step, entries, Map.of());
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
    return new Claim(practice, destination, 0, 0, Step.NOTHING, List.of());
  }

  /** The same with these entries; nothing to do if there are none. */
  Claim with(List<Dues.Entry> others) {
    return new Claim(
        practice,
        destination,
        epoch,
        deadline,
        others.isEmpty() ? Step.NOTHING : step,
        others,
        files);
  }

  Claim withFiles(Map<String, OfficeFiles.File> found) {
    return new Claim(practice, destination, epoch, deadline, step, entries, found);
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
