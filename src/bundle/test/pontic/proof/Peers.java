package pontic.proof;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import pontic.sandbox.hospital.FhirFault;
import pontic.sandbox.hospital.FhirFaultKind;
import pontic.sandbox.hospital.HospitalFhirServer;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.sandbox.hospital.MllpFault;
import pontic.sandbox.hospital.MllpFaultKind;

/**
 * The three destinations that are shipped, new for each run: a run has a data folder of its own, so
 * it counts versions from 1 again.
 */
final class Peers implements AutoCloseable {
  static final String HOSPITAL = "hospital";
  static final String REGISTRY = "registry";
  static final String HL7 = "hospital-hl7";

  /** A destination that a test may add: where the hospital is told how its messages ended. */
  static final String ANSWERS = "answers";

  /** Three unclear ends in a row would put a message off for five minutes (decision 0090). */
  private static final Duration BETWEEN = Duration.ofSeconds(4);

  private static final FhirFault REFUSED_PATIENT =
      new FhirFault(
          FhirFaultKind.REJECT,
          1,
          Duration.ZERO,
          false,
          Optional.of("Patient"),
          Optional.empty(),
          Optional.empty());

  private final HospitalFhirServer hospital = HospitalFhirServer.start(HOSPITAL, 0);
  private final HospitalFhirServer registry = HospitalFhirServer.start(REGISTRY, 0);
  private final HospitalMllp mllp = HospitalMllp.start(0);
  private final HospitalMllp answers = HospitalMllp.start(0);
  private Instant quietUntil = Instant.EPOCH;

  HospitalFhirServer hospital() {
    return hospital;
  }

  HospitalFhirServer registry() {
    return registry;
  }

  HospitalMllp mllp() {
    return mllp;
  }

  HospitalMllp answers() {
    return answers;
  }

  /** What lies over config/: where they are, and that they are waited for two seconds at most. */
  Map<String, String> flags() {
    return Map.of(
        "destinations.hospital.url",
        hospital.url(),
        "destinations.registry.url",
        registry.url(),
        "destinations.hospital-hl7.url",
        "mllp://127.0.0.1:" + mllp.port(),
        "destinations.hospital.requestLimit",
        "2s",
        "destinations.registry.requestLimit",
        "2s",
        "destinations.hospital-hl7.requestLimit",
        "1s",
        "destinations.hospital-hl7.quiet",
        "100ms");
  }

  /** Arms a fault at one of them, unless an earlier one is still to be met. */
  synchronized void trouble(Random random) {
    int at = random.nextInt(3);
    int kind = random.nextInt(7);
    int millis = 100 + random.nextInt(1_400);
    if (at < 2) {
      HospitalFhirServer server = at == 0 ? hospital : registry;
      if (server.faultsLeft() == 0) {
        server.arm(fhir(kind, Duration.ofMillis(millis)));
      }
    } else if (mllp.faultsLeft() == 0 && Instant.now().isAfter(quietUntil)) {
      quietUntil = Instant.now().plus(BETWEEN);
      mllp.arm(hl7(kind));
    }
  }

  private static FhirFault fhir(int kind, Duration time) {
    return switch (kind) {
      case 0 -> FhirFault.of(FhirFaultKind.HTTP_500);
      case 1 -> FhirFault.of(FhirFaultKind.SLOW).lasting(time);
      case 2 -> FhirFault.of(FhirFaultKind.HANG);
      case 3 -> FhirFault.of(FhirFaultKind.LANDS_LATE).lasting(time);
      case 4 -> FhirFault.of(FhirFaultKind.LANDS_LATE).lasting(time).closingTheSocket();
      case 5 -> REFUSED_PATIENT;
      default -> FhirFault.of(FhirFaultKind.DOWN).lasting(time);
    };
  }

  private static MllpFault hl7(int kind) {
    MllpFaultKind chosen =
        List.of(
                MllpFaultKind.AE,
                MllpFaultKind.NO_ACK,
                MllpFaultKind.DROP,
                MllpFaultKind.WRONG_MSA,
                MllpFaultKind.ACK_LATE,
                MllpFaultKind.HANG,
                MllpFaultKind.DOWN)
            .get(kind);
    MllpFault fault = MllpFault.of(chosen);
    return switch (chosen) {
      case ACK_LATE -> fault.lasting(Duration.ofMillis(2_500));
      case DOWN -> fault.lasting(Duration.ofMillis(700));
      default -> fault;
    };
  }

  void clear() {
    hospital.clear();
    registry.clear();
    mllp.clear();
    answers.clear();
  }

  @Override
  public void close() {
    hospital.close();
    registry.close();
    mllp.close();
    answers.close();
  }
}
