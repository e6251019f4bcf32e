package pontic.operations;

/** Lets a parked message go on. */
@FunctionalInterface
public interface Release {
  /**
   * @return false if no message of this id is parked
   */
  boolean release(String messageId);
}
