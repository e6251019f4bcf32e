package pontic.mapping;

/** The mapper of a name, {@code outbound/patient}, with the code tables of a practice. */
@FunctionalInterface
public interface MapperOf {

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  Mapper mapper(String practice, String name);
}
