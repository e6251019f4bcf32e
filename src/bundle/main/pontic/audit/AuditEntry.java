package pontic.audit;

import java.time.Instant;

/**
 * One row as it was recorded; {@code id} grows with the order of recording, {@code at} is the
 * store's clock.
 */
public record AuditEntry(
    long id, Instant at, String action, String practice, String who, String subject) {}
