/** Looks at a folder of routes, mappings, SQL and config as a whole, before anything of it runs. */
package pontic.check;
