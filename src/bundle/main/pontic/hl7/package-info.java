/**
 * HL7 version 2 on the wire and as JSON: MLLP frames, the header, the answer, the generic reading.
 */
package pontic.hl7;
