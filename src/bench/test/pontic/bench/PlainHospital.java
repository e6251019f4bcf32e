package pontic.bench;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pontic.sandbox.hospital.HospitalFhirServer;

/** The sandbox's FHIR server, which starts at once. */
final class PlainHospital implements Hospital {
  private final HospitalFhirServer server;

  private PlainHospital(HospitalFhirServer server) {
    this.server = server;
  }

  static PlainHospital start() {
    return new PlainHospital(HospitalFhirServer.start(0));
  }

  @Override
  public String url() {
    return server.url();
  }

  @Override
  public Map<String, Long> counts(Set<String> types) throws Exception {
    return Counts.at(url(), types);
  }

  @Override
  public Optional<Duration> processor() {
    return Optional.empty();
  }

  @Override
  public void close() throws Exception {
    server.close();
  }
}
