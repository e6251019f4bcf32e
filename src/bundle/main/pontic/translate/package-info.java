/** Rows become FHIR by the mapping files. */
package pontic.translate;
