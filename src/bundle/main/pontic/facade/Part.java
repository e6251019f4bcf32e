package pontic.facade;

import pontic.accept.FhirPart;

/**
 * One message of a request, and what the request said of it.
 *
 * @param entry place in the Bundle, 0 if it came alone
 * @param kind resource type
 */
record Part(int entry, String kind, Action action, FhirPart message) {}
