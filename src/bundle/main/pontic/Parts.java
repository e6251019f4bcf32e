package pontic;

import ca.uhn.fhir.context.FhirContext;
import pontic.audit.Audit;
import pontic.broker.TokenBroker;
import pontic.broker.Tokens;
import pontic.operations.Metrics;
import pontic.send.FhirThreads;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.validity.Validators;

/**
 * What a process has once, whichever generation runs.
 *
 * @param tokens remembers what is under way, so that a new generation sends no second ones
 * @param fhir to make one takes seconds
 * @param fhirThreads outlive the generation that is first to send
 */
record Parts(
    Store store,
    TokenBroker broker,
    Leases leases,
    Audit audit,
    Tokens tokens,
    Metrics metrics,
    FhirContext fhir,
    Validators validators,
    FhirThreads fhirThreads)
    implements AutoCloseable {

  @Override
  public void close() {
    fhirThreads.close();
    metrics.close();
    broker.close();
    store.close();
  }
}
