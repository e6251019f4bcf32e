/**
 * The hospital's side for demo and tests: a FHIR R4 server and an MLLP listener that remember what
 * arrived when.
 */
package pontic.sandbox.hospital;
