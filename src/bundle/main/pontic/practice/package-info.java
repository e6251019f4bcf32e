/**
 * What config/ says: the process, its practices and its destinations, as checked immutable records.
 */
package pontic.practice;
