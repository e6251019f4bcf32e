package pontic.record;

import java.time.Instant;

/**
 * How far a feed has been read.
 *
 * @param stamp by the clock of the practice's database
 * @param key the last key read: within that stamp, if paging; of the table, for feeds by key
 * @param paging the last page was full; there may be more behind stamp and key
 * @param furthest the highest stamp ever read; a sweep goes back with {@code stamp}, never with
 *     this, so that a row is counted once
 * @param furthestKey the highest key ever read within that stamp, or of the table
 */
public record Watermark(
    Instant stamp, long key, boolean paging, Instant furthest, long furthestKey) {

  /** For a feed that never goes back. */
  public Watermark(Instant stamp, long key, boolean paging) {
    this(stamp, key, paging, stamp, paging ? key : Long.MAX_VALUE);
  }
}
