package pontic.bench;

import java.lang.management.ManagementFactory;

/**
 * How often a thread does the same for a second of processor time. All that this process spends is
 * counted, its collector and compiler too; what others do on the machine counts for little.
 *
 * @param seconds of processor time for one measurement
 */
record Pace(double seconds) {
  private static final double NANOS = 1e9;

  /** One piece of work. */
  interface Work {
    /**
     * @param turn counts up from 0; takes the next of several inputs in turn
     * @return something of the result, so that none of it can be left out; 0 or more
     */
    int once(int turn) throws Exception;
  }

  /**
   * @param batch how many pieces pass between two looks at the clock
   * @return pieces for a second of one core
   */
  double perSecond(int batch, Work work) throws Exception {
    long begin = processorNanos();
    long until = begin + (long) (seconds * NANOS);
    int turn = 0;
    long seen = 0;
    do {
      for (int i = 0; i < batch; i++) {
        seen += work.once(turn++);
      }
    } while (processorNanos() < until);
    if (seen <= 0) {
      throw new IllegalStateException("nothing came of the work");
    }
    return turn / ((processorNanos() - begin) / NANOS);
  }

  private static long processorNanos() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      return system.getProcessCpuTime();
    }
    throw new IllegalStateException("this Java does not tell its processor time");
  }
}
