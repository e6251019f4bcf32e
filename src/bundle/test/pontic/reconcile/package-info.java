/** Runs on both stores, without Camel and without an office. */
package pontic.reconcile;
