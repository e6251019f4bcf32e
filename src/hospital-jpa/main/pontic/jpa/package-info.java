/** The HAPI FHIR JPA server, in a process of its own, as a hospital that nobody here wrote. */
package pontic.jpa;
