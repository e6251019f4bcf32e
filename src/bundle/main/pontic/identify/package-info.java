/**
 * Identifying: whom and which appointment a message means, as far as Pontic's own rows can tell
 * (decision 0004).
 */
package pontic.identify;
