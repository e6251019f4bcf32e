/** Inbound, from the hospital's frame to the row in Open Dental. */
package pontic.inbound;
