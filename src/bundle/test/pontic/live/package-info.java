/** What engineers change while the house runs, and what comes back after a kill. */
package pontic.live;
