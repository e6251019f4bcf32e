/** The store: the one truth about what was accepted, is due, was asked and was answered. */
package pontic.store;
