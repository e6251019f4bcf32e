/**
 * What nobody meant: mutated frames, messages, resources and events, drawn by jqwik. How many tries
 * there are stands in junit-platform.properties; {@code -Djqwik.tries.default=20000} for more.
 */
package pontic.fuzz;
