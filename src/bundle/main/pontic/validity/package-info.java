/** Resources held against FHIR's own rules and a hospital's packages before they go (0275). */
package pontic.validity;
