/** The demo as a newcomer starts it, against the built classes. */
package pontic.demo;
