package pontic.sandbox;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;

/**
 * What a sandbox shall be. All ports are on 127.0.0.1; 0 takes a free one.
 *
 * @param data folder for everything that it keeps
 * @param practices what to open, made where it is not there yet
 * @param databasePort MariaDB
 * @param controlPort front desk, practices, faults, requests
 * @param apiPorts practice id to port of its API; a practice without one takes a free port
 * @param hospitalFhirPort the hospital's FHIR server
 * @param registryFhirPort a second FHIR server, of a registry
 * @param hospitalMllpPort the hospital's HL7 listener
 * @param timeScale factor on the API's time limits and periods; 1 = as Open Dental
 */
public record SandboxSettings(
    Path data,
    List<PracticePlan> practices,
    int databasePort,
    int controlPort,
    Map<String, Integer> apiPorts,
    int hospitalFhirPort,
    int registryFhirPort,
    int hospitalMllpPort,
    double timeScale) {

  public SandboxSettings {
    practices = List.copyOf(practices);
    apiPorts = Map.copyOf(apiPorts);
  }

  /** Practices {@code elm} and {@code oak} on free ports, for tests. */
  public static SandboxSettings onFreePorts(Path data, Engine engine, int patients) {
    return new SandboxSettings(
        data,
        List.of(PracticePlan.elm(engine, patients), PracticePlan.oak(engine, patients)),
        0,
        0,
        Map.of(),
        0,
        0,
        0,
        1);
  }

  /** The same with these practices. */
  public SandboxSettings with(List<PracticePlan> others) {
    return new SandboxSettings(
        data,
        others,
        databasePort,
        controlPort,
        apiPorts,
        hospitalFhirPort,
        registryFhirPort,
        hospitalMllpPort,
        timeScale);
  }

  /** The same with this factor on the API's times. */
  public SandboxSettings withTimeScale(double factor) {
    return new SandboxSettings(
        data,
        practices,
        databasePort,
        controlPort,
        apiPorts,
        hospitalFhirPort,
        registryFhirPort,
        hospitalMllpPort,
        factor);
  }

  /** Port for the API of this practice, 0 for a free one. */
  public int apiPort(String practice) {
    return apiPorts.getOrDefault(practice, 0);
  }

  static Map<String, Integer> apiPorts(int elm, int oak) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("elm", elm);
    ports.put("oak", oak);
    return ports;
  }
}
