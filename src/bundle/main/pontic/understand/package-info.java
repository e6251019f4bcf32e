/** Understanding: accepted bytes become FHIR, in order, one message of a practice at a time. */
package pontic.understand;
