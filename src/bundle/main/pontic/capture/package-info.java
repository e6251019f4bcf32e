/** Finds changed rows in a practice's database, which it only reads. */
package pontic.capture;
