/** What a destination said itself does not come back to it. */
package pontic.echo;
