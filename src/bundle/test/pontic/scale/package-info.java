/** Several processes on one store, and many practices in one process. */
package pontic.scale;
