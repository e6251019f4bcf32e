/** One checked state of routes, mappings, SQL and config, known by its id. */
package pontic.generation;
