/** The queues of tokens: an embedded broker, or the way to one outside. */
package pontic.broker;
