package pontic.facade;

/**
 * Who sends a request.
 *
 * @param client id of the client in the practice's configuration
 */
record Caller(String client, Rights rights) {}
