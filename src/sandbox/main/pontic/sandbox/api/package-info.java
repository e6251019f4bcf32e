/**
 * Open Dental's REST API over the same database that the front desk writes, with its limits and its
 * faults.
 */
package pontic.sandbox.api;
