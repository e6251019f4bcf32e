/** Who may look, steer and see: operators, their roles and passwords, at every door the same. */
package pontic.operator;
