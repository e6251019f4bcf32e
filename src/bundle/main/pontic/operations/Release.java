package pontic.operations;

/** Lets what is parked go on. */
@FunctionalInterface
public interface Release {
  /**
   * @param id of a message, or of a delivery: {@code practice/destination/type/key}
   * @return false if nothing of this id is parked
   */
  boolean release(String id);
}
