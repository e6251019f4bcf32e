package pontic.record;

import java.time.Instant;

/**
 * How far a feed has been read.
 *
 * @param stamp by the clock of the practice's database
 * @param key the last key read within that stamp, if paging
 * @param paging the last page was full; there may be more behind stamp and key
 */
public record Watermark(Instant stamp, long key, boolean paging) {}
