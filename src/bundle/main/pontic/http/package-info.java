/** How Pontic listens for HTTP: one address, limits, and errors that give nothing away. */
package pontic.http;
