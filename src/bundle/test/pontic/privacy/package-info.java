/** Patient data goes to the API and to sealed rows, and nowhere else. */
package pontic.privacy;
