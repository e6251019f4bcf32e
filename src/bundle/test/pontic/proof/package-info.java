/**
 * Proof by killing: the bundle as a process of its own is killed at named instants under load and
 * API faults, and every end is counted at the far end. And by comparing: an office at work, and
 * every row of it counted.
 */
package pontic.proof;
