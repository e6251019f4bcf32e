package pontic.understand;

/**
 * How a message type is understood.
 *
 * @param mapping path of the mapping below mappings/, without its ending
 * @param event register, update, book, move or cancel
 */
public record Event(String mapping, String event) {}
