package pontic.sandbox.hospital;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import pontic.sandbox.SandboxPart;
import pontic.sandbox.SandboxSettings;
import pontic.sandbox.Surroundings;

/**
 * The hospital as a part of the sandbox: its FHIR server (port {@code hospital-fhir}) and its HL7
 * listener (port {@code hospital-mllp}).
 */
public final class HospitalPart implements SandboxPart {

  private record RunningHospital(HospitalFhirServer fhir, HospitalMllp mllp) implements Running {
    @Override
    public Map<String, Integer> ports() {
      return Map.of("hospital-fhir", fhir.port(), "hospital-mllp", mllp.port());
    }

    @Override
    public void close() {
      mllp.close();
      fhir.close();
    }
  }

  @Override
  public Running start(Surroundings surroundings) throws Exception {
    SandboxSettings settings = surroundings.settings();
    HospitalMllp mllp;
    try {
      mllp = HospitalMllp.start(settings.hospitalMllpPort());
    } catch (UncheckedIOException e) {
      throw taken(
          settings.hospitalMllpPort(), "the hospital's HL7 listener", "--hospital-mllp-port", e);
    }
    try {
      return new RunningHospital(HospitalFhirServer.start(settings.hospitalFhirPort()), mllp);
    } catch (UncheckedIOException e) {
      mllp.close();
      throw taken(
          settings.hospitalFhirPort(), "the hospital's FHIR server", "--hospital-fhir-port", e);
    }
  }

  private static IOException taken(int port, String what, String flag, Exception cause) {
    return new IOException(
        "Port " + port + " (" + what + ") is taken; free it or choose another with " + flag, cause);
  }
}
