/** Files of the data folder that hold a secret. */
package pontic.secretfile;
