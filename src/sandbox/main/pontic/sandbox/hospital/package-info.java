/** The hospital around the practices: what sends to Pontic and what Pontic sends to. */
package pontic.sandbox.hospital;
