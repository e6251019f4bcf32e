/** Who is told of what is late. */
package pontic.freshness;
