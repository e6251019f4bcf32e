/**
 * Persons and bookings: whom and what the senders mean, before and after Open Dental's keys are
 * known (decision 0004).
 */
package pontic.person;
