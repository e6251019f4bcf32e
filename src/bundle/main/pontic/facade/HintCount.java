package pontic.facade;

import pontic.practice.WatchTable;

/** Counts events of offices. */
@FunctionalInterface
public interface HintCount {
  /** Stands for whatever is none of {@link WatchTable}. */
  String OTHER = "other";

  /**
   * @param table of {@link WatchTable}, or {@link #OTHER}
   * @param outcome {@code taken}, {@code unknown}, {@code refused} or {@code failed}
   */
  void count(String practice, String table, String outcome);
}
