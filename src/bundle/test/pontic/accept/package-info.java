/** What the inbox stores, and what it answers. */
package pontic.accept;
