/** Receipts: what became of each accepted message, once and for all to see. */
package pontic.receipt;
