/** What operators and their monitoring see of the running process, and how they stop it. */
package pontic.operations;
