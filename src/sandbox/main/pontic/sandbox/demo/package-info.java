/** The demo: sandbox and bundle as two processes, and a scenario that looks at the far ends. */
package pontic.sandbox.demo;
