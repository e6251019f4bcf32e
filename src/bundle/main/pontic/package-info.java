/** The process that runs the routes: assembly and start. */
package pontic;
