/** What is taken away when it has been kept for long enough. */
package pontic.retention;
