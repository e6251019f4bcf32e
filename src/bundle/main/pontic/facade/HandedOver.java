package pontic.facade;

/**
 * @param messageId of the stored message, of the first one if this was a duplicate
 */
public record HandedOver(String messageId) {}
