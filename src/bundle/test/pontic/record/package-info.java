/** What becomes of rows that were read. */
package pontic.record;
