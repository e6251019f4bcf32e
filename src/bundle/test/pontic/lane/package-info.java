/** The lane's rules that need neither store nor API. */
package pontic.lane;
