package pontic.mapping;

/**
 * A mapping could not be carried out. The text names the mapping and the reason and never a value.
 */
public class MappingException extends RuntimeException {
  public MappingException(String message) {
    super(message);
  }
}
