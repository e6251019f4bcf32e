package pontic.accept;

import java.time.Instant;

/**
 * What became of an arrival at the door; stored before anyone reads this.
 *
 * @param firstId the message itself, or the first one that it repeats
 * @param answer what the sender is told; a repetition is told what it was told before
 * @param refusal "" unless it was refused
 */
public record Accepted(
    String messageId,
    String firstId,
    String answer,
    String refusal,
    boolean repeated,
    Instant at) {}
