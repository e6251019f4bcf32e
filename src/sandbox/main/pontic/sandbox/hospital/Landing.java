package pontic.sandbox.hospital;

import java.time.Instant;

/**
 * What became of a request that landed late.
 *
 * @param answered when its sender was turned away
 * @param landed when it was applied or refused
 * @param status HTTP status that its sender would have got then, 200 or 201 if applied
 */
public record Landing(Instant answered, Instant landed, int status) {}
