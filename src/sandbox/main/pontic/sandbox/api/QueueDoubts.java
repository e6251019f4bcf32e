package pontic.sandbox.api;

/**
 * What nobody could confirm of requests that wait in the throttle's queue (open-dental-api.md 8,
 * point 2), so that a client can be tested both ways.
 *
 * @param waitUncounted false: the limit counts from arrival; true: from the request's turn
 * @param timedOutGoesOn false: 504 ends a request's place in the queue, and one that still waited
 *     never acts; true: it ends the answer alone, so what runs holds the others up until it is done
 *     and what waits acts when its turn comes
 */
public record QueueDoubts(boolean waitUncounted, boolean timedOutGoesOn) {

  public static final QueueDoubts STANDARD = new QueueDoubts(false, false);
}
