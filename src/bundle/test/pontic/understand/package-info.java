/** Attempts and leases of understanding, on the embedded store. */
package pontic.understand;
