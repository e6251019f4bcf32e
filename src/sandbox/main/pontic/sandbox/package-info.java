/** Open Dental and hospital peers for demo and tests; never in the product. */
package pontic.sandbox;
