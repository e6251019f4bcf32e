/** The FHIR façade: one base per practice, where clients with a token hand patients in. */
package pontic.facade;
