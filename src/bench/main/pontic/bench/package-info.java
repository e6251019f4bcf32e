/** Figures of the product beside rivals, by one command; decision 0184. */
package pontic.bench;
