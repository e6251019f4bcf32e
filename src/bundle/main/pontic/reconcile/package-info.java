/**
 * Comparing what Open Dental, the records and the destinations hold, table by table: runs that can
 * be stopped and continued, and what they found.
 */
package pontic.reconcile;
