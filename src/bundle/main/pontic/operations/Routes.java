package pontic.operations;

import java.util.List;

/** The routes of the live generation. */
public interface Routes {

  List<RouteState> routes();

  /**
   * @param id file stem = route id = queue = metric label
   * @param status {@code Started}, {@code Stopped}, {@code Suspended} …
   * @param inflight exchanges under way
   */
  record RouteState(String id, String status, int inflight) {
    public boolean started() {
      return status.equals("Started");
    }
  }
}
