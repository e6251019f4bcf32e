package pontic.sandbox.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What somebody else does at an office in the instant before a request takes effect, such as the
 * desk that books between a client's look and its write.
 */
public final class Meanwhile {
  /** Something done at the office. */
  @FunctionalInterface
  public interface Deed {
    void happen() throws Exception;
  }

  private record Planned(String practice, String verb, String template, Deed deed) {}

  private final List<Planned> planned = new ArrayList<>();

  /**
   * Right before the next such request of a practice acts, once.
   *
   * @param template path below /api/v1 as the API's pages write it: {@code /appointments/{id}}
   */
  public synchronized void before(String practice, String verb, String template, Deed deed) {
    planned.add(new Planned(practice, verb, template, deed));
  }

  /** Takes back what has not happened. */
  public synchronized void clear() {
    planned.clear();
  }

  void happen(String practice, Method method) {
    for (Deed deed : due(practice, method)) {
      try {
        deed.happen();
      } catch (Exception e) {
        throw new IllegalStateException("what was to happen meanwhile failed", e);
      }
    }
  }

  private synchronized List<Deed> due(String practice, Method method) {
    List<Deed> due = new ArrayList<>();
    for (Iterator<Planned> all = planned.iterator(); all.hasNext(); ) {
      Planned one = all.next();
      if (one.practice().equals(practice)
          && one.verb().equals(method.verb())
          && one.template().equals(method.template())) {
        all.remove();
        due.add(one.deed());
      }
    }
    return due;
  }
}
