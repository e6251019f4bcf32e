/**
 * The newest FHIR of each row, moved on in one transaction with the watermark and with what becomes
 * due.
 */
package pontic.record;
