/** How often something happened, in the store. */
package pontic.tally;
