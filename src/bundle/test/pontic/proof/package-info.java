/**
 * Proof by killing: the bundle as a process of its own is killed at named instants under load and
 * API faults, and every end is counted at the far end.
 */
package pontic.proof;
