/**
 * Open Dental's REST API: what a message means for it, and what its answers mean. The only package
 * besides capture that knows it.
 */
package pontic.opendental;
