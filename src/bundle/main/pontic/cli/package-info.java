/** The commands of the launcher: run the process, or ask the one that runs. */
package pontic.cli;
