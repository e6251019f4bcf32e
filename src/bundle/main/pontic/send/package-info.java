/** What is due goes to its destinations, a practice and destination at a time. */
package pontic.send;
