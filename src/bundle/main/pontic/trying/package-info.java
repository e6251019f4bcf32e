/** Runs one message through one route file with everything around the route stubbed. */
package pontic.trying;
