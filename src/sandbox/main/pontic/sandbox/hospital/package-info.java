/**
 * The hospital around the practices: what sends to Pontic, and a FHIR R4 server and an MLLP
 * listener that remember what arrived when.
 */
package pontic.sandbox.hospital;
