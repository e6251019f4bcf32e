package pontic.sandbox.hospital;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import pontic.sandbox.SandboxPart;
import pontic.sandbox.SandboxSettings;
import pontic.sandbox.Surroundings;
import pontic.sandbox.control.ControlServer;

/**
 * The hospital as a part of the sandbox: its FHIR server (port {@code hospital-fhir}), a second one
 * (port {@code registry-fhir}), its HL7 listener (port {@code hospital-mllp}), and
 * /hospital/faults, /hospital/arrivals and /hospital/landings on the control server.
 */
public final class HospitalPart implements SandboxPart {
  private final Consumer<HospitalPeers> started;

  /** For use over HTTP alone. */
  public HospitalPart() {
    this(peers -> {});
  }

  /**
   * For use from Java too.
   *
   * @param started is given the peers once they listen
   */
  public HospitalPart(Consumer<HospitalPeers> started) {
    this.started = started;
  }

  private record RunningHospital(HospitalPeers peers) implements Running {
    @Override
    public Map<String, Integer> ports() {
      return Map.of(
          "hospital-fhir", peers.hospital().port(),
          "registry-fhir", peers.registry().port(),
          "hospital-mllp", peers.hl7().port());
    }

    @Override
    public void close() {
      peers.close();
    }
  }

  @Override
  public Running start(Surroundings surroundings) throws Exception {
    SandboxSettings settings = surroundings.settings();
    Deque<AutoCloseable> running = new ArrayDeque<>();
    try {
      HospitalMllp hl7 =
          listening(
              HospitalMllp::start,
              settings.hospitalMllpPort(),
              "the hospital's HL7 listener",
              "--hospital-mllp-port",
              running);
      HospitalFhirServer hospital =
          listening(
              port -> HospitalFhirServer.start("hospital", port),
              settings.hospitalFhirPort(),
              "the hospital's FHIR server",
              "--hospital-fhir-port",
              running);
      HospitalFhirServer registry =
          listening(
              port -> HospitalFhirServer.start("registry", port),
              settings.registryFhirPort(),
              "the registry's FHIR server",
              "--registry-fhir-port",
              running);
      HospitalPeers peers = new HospitalPeers(hospital, registry, hl7);
      register(surroundings.control(), new HospitalControl(peers));
      started.accept(peers);
      return new RunningHospital(peers);
    } catch (Exception e) {
      for (AutoCloseable peer : running) {
        peer.close();
      }
      throw e;
    }
  }

  private static <T extends AutoCloseable> T listening(
      IntFunction<T> start, int port, String what, String flag, Deque<AutoCloseable> running)
      throws IOException {
    try {
      T peer = start.apply(port);
      running.push(peer);
      return peer;
    } catch (UncheckedIOException e) {
      throw new IOException(
          "Port " + port + " (" + what + ") is taken; free it or choose another with " + flag, e);
    }
  }

  private static void register(ControlServer control, HospitalControl hospital) {
    control.register("GET", "/hospital/faults", hospital::faults);
    control.register("POST", "/hospital/faults", hospital::arm);
    control.register("DELETE", "/hospital/faults", hospital::clear);
    control.register("GET", "/hospital/arrivals", hospital::arrivals);
    control.register("GET", "/hospital/landings", hospital::landings);
  }
}
