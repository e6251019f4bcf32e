/** Accepting: the bytes are on disk before the sender hears that they are. */
package pontic.accept;
