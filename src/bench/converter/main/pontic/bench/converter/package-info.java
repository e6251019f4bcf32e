/** A rival of the benches: LinuxForHealth's converter, with a class path of its own. */
package pontic.bench.converter;
