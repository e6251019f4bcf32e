/** Debezium's engine as a process of its own, for the benches; never in the product. */
package pontic.bench.debezium;
