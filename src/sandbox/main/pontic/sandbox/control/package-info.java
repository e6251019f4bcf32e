/** The sandbox's own HTTP endpoint: front desk, practices and what other parts add. */
package pontic.sandbox.control;
