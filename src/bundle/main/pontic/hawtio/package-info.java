/** Hawtio in the same process, behind a login, with a policy that denies what it does not name. */
package pontic.hawtio;
