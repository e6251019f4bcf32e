package pontic.store;

/**
 * How many were written lately. Times are those of {@link System#nanoTime()}.
 *
 * @param written since {@code since}, which is not much more than a tenth of a second ago
 * @param before in as long a time before that
 * @param last when the last were written
 */
record Pace(int written, int before, long since, long last) {
  private static final long TENTH_NANOS = 100_000_000;

  /** Nothing was written yet. */
  static Pace of(long now) {
    return new Pace(0, 0, now, now);
  }

  Pace and(int more, long now) {
    long passed = now - since;
    return passed < TENTH_NANOS
        ? new Pace(written + more, before, since, now)
        : new Pace(more, passed < 2 * TENTH_NANOS ? written : 0, now, now);
  }

  /** The most of a tenth of a second; 0 if the last of them is longer ago than that. */
  int lately(long now) {
    return now - last < TENTH_NANOS ? Math.max(written, before) : 0;
  }
}
