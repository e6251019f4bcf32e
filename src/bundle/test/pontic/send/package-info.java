/** What is sent is decided without a store and without a destination. */
package pontic.send;
