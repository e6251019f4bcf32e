package pontic.trying;

/**
 * A step of a route file.
 *
 * @param kind bean, to, filter …
 * @param stub what it would ask, {@code sends.claim} or {@code jms:queue:call}; empty if it is run
 *     as it stands
 * @param line in the file
 * @param depth how many steps it stands in
 * @param holds whether other steps stand in it
 */
record Step(String id, String kind, String stub, int line, int depth, boolean holds) {
  boolean isStubbed() {
    return !stub.isEmpty();
  }
}
