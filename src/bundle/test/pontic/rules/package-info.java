/** Who may call whom, checked. */
package pontic.rules;
