/**
 * The lane: every API request of one practice, one at a time, intent before and outcome after
 * (decision 0002).
 */
package pontic.lane;
