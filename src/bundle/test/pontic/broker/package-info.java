/** Tokens and their queues. */
package pontic.broker;
