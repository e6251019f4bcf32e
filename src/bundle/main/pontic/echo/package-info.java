/** What a destination said itself is not told to it again (decision 0097). */
package pontic.echo;
