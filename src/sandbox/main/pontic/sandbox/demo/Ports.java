package pontic.sandbox.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import pontic.sandbox.FreePorts;

/** Every port of the demo, all on 127.0.0.1. */
final class Ports {

  /** A listener, its default, and the environment variable that moves it. */
  enum Of {
    MLLP_ELM(2575, "PONTIC_ELM_MLLP_PORT", "HL7 (MLLP) of elm"),
    MLLP_OAK(2576, "PONTIC_OAK_MLLP_PORT", "HL7 (MLLP) of oak"),
    FACADE(8080, "PONTIC_FACADE_PORT", "FHIR façade"),
    MANAGEMENT(8081, "PONTIC_MANAGEMENT_PORT", "management"),
    HAWTIO(8181, "PONTIC_HAWTIO_PORT", "Hawtio"),
    API_ELM(30223, "PONTIC_SANDBOX_API_PORT_ELM", "sandbox API of elm"),
    API_OAK(30323, "PONTIC_SANDBOX_API_PORT_OAK", "sandbox API of oak"),
    CONTROL(30200, "PONTIC_SANDBOX_CONTROL_PORT", "sandbox control"),
    DATABASE(13306, "PONTIC_SANDBOX_DATABASE_PORT", "sandbox database"),
    HOSPITAL_FHIR(8090, "PONTIC_SANDBOX_HOSPITAL_FHIR_PORT", "hospital's FHIR server"),
    REGISTRY_FHIR(8091, "PONTIC_SANDBOX_REGISTRY_FHIR_PORT", "registry's FHIR server"),
    HOSPITAL_MLLP(2675, "PONTIC_SANDBOX_HOSPITAL_MLLP_PORT", "hospital's HL7 listener");

    private final int usual;
    private final String variable;
    private final String what;

    Of(int usual, String variable, String what) {
      this.usual = usual;
      this.variable = variable;
      this.what = what;
    }
  }

  private final Map<Of, Integer> ports;

  private Ports(Map<Of, Integer> ports) {
    this.ports = ports;
  }

  /**
   * The defaults, moved by the environment.
   *
   * @throws IllegalArgumentException for a person, if a variable is no port
   */
  static Ports usual(Map<String, String> environment) {
    Map<Of, Integer> ports = new EnumMap<>(Of.class);
    for (Of one : Of.values()) {
      String text = environment.getOrDefault(one.variable, "").strip();
      if (!text.isEmpty() && !text.matches("[1-9]\\d{0,4}")) {
        throw new IllegalArgumentException(one.variable + " is no port");
      }
      ports.put(one, text.isEmpty() ? one.usual : Integer.parseInt(text));
    }
    return new Ports(ports);
  }

  /** A line for each: what it is, its usual number, the variable that moves it. */
  static String help() {
    StringBuilder lines = new StringBuilder();
    for (Of one : Of.values()) {
      lines.append(String.format("  %-5d  %-34s  %s%n", one.usual, one.variable, one.what));
    }
    return lines.toString();
  }

  /** Ports that are free now. */
  static Ports free() throws IOException {
    Map<Of, Integer> ports = new EnumMap<>(Of.class);
    FreePorts free = new FreePorts();
    for (Of one : Of.values()) {
      ports.put(one, free.next());
    }
    return new Ports(ports);
  }

  /** By name, such as {@code api-elm}. */
  Map<String, Integer> byName() {
    Map<String, Integer> all = new LinkedHashMap<>();
    ports.forEach(
        (one, port) -> all.put(one.name().toLowerCase(Locale.ROOT).replace('_', '-'), port));
    return all;
  }

  int of(Of one) {
    return ports.get(one);
  }

  /** Where the practice takes HL7. */
  int mllp(String practice) {
    return of(practice.equals("elm") ? Of.MLLP_ELM : Of.MLLP_OAK);
  }

  String url(Of one) {
    return "http://127.0.0.1:" + of(one);
  }

  /** One line for each port that somebody else has. */
  List<String> taken() {
    List<String> taken = new ArrayList<>();
    ports.forEach(
        (one, port) -> {
          try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
          } catch (IOException | IllegalArgumentException e) {
            taken.add(
                "port "
                    + port
                    + " ("
                    + one.what
                    + ") is taken; free it, set "
                    + one.variable
                    + ", or use --ports free");
          }
        });
    return taken;
  }
}
