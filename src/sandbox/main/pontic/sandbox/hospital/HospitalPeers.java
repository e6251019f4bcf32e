package pontic.sandbox.hospital;

/**
 * What Pontic sends to.
 *
 * @param hospital the hospital's FHIR server
 * @param registry a second FHIR server, of somebody else
 * @param hl7 the hospital's HL7 listener
 */
public record HospitalPeers(
    HospitalFhirServer hospital, HospitalFhirServer registry, HospitalMllp hl7)
    implements AutoCloseable {

  /** All three on free ports. */
  public static HospitalPeers onFreePorts() {
    return new HospitalPeers(
        HospitalFhirServer.start("hospital", 0),
        HospitalFhirServer.start("registry", 0),
        HospitalMllp.start(0));
  }

  @Override
  public void close() {
    hl7.close();
    registry.close();
    hospital.close();
  }
}
