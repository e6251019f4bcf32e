/** What people do at Open Dental's own client, done in its database. */
package pontic.sandbox.desk;
