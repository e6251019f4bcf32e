/** What an operator has paused, until it is resumed. */
package pontic.pause;
