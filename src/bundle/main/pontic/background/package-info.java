/** Work that goes on beside everything else until it is told to end. */
package pontic.background;
