package pontic;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.sqlite.SQLiteDataSource;
import pontic.accept.AcceptFhir;
import pontic.accept.AcceptHl7;
import pontic.answer.Answering;
import pontic.broker.Tokens;
import pontic.capture.ApiPages;
import pontic.capture.ApiTurns;
import pontic.capture.Captured;
import pontic.capture.Cursors;
import pontic.capture.Failures;
import pontic.capture.Hints;
import pontic.capture.Offices;
import pontic.capture.Turns;
import pontic.check.Surroundings;
import pontic.check.Surroundings.Seam;
import pontic.freshness.Freshness;
import pontic.hl7.HandshakeFirstFactory;
import pontic.hl7.MllpAnswerFilterFactory;
import pontic.hl7.MllpDecoderFactory;
import pontic.hl7.MllpEncoderFactory;
import pontic.identify.Identify;
import pontic.identify.MergedPatients;
import pontic.identify.OfficeIdentifiers;
import pontic.lane.Lane;
import pontic.opendental.ApiCalls;
import pontic.opendental.ApiWire;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.reconcile.Nights;
import pontic.reconcile.RowComparison;
import pontic.record.Records;
import pontic.retention.Retention;
import pontic.send.Hl7Sends;
import pontic.send.HoldingComparison;
import pontic.send.Sends;
import pontic.store.StoreMillis;
import pontic.translate.Translator;
import pontic.understand.Translate;
import pontic.understand.Understand;

/**
 * What routes may name. The house binds its beans through here and the check of an edited folder
 * goes by the same list, so neither knows a name that the other does not.
 */
final class Vocabulary implements Surroundings.Source {
  private static final String DATABASE = "database-";
  private static final String FHIR_CLIENT = "fhir-client-";
  private static final String MLLP_TLS = "mllpTls-";

  private static final Map<String, Class<?>> BEANS =
      Map.ofEntries(
          Map.entry("acceptFhir", AcceptFhir.class),
          Map.entry("acceptHl7", AcceptHl7.class),
          Map.entry("answering", Answering.class),
          Map.entry("apiCalls", ApiCalls.class),
          Map.entry("apiPages", ApiPages.class),
          Map.entry("apiTurns", ApiTurns.class),
          Map.entry("captured", Captured.class),
          Map.entry("cursors", Cursors.class),
          Map.entry("failures", Failures.class),
          Map.entry("freshness", Freshness.class),
          Map.entry("hints", Hints.class),
          Map.entry("hl7Sends", Hl7Sends.class),
          Map.entry("holdingComparison", HoldingComparison.class),
          Map.entry("identify", Identify.class),
          Map.entry("lane", Lane.class),
          Map.entry("mergedPatients", MergedPatients.class),
          Map.entry("nights", Nights.class),
          Map.entry("officeIdentifiers", OfficeIdentifiers.class),
          Map.entry("offices", Offices.class),
          Map.entry("records", Records.class),
          Map.entry("retention", Retention.class),
          Map.entry("rowComparison", RowComparison.class),
          Map.entry("seam", pontic.seam.Seam.class),
          Map.entry("sends", Sends.class),
          Map.entry("storeClock", StoreMillis.class),
          Map.entry("tokens", Tokens.class),
          Map.entry("translate", Translate.class),
          Map.entry("translator", Translator.class),
          Map.entry("turns", Turns.class),
          Map.entry("understand", Understand.class));

  /**
   * What endpoints take; a name that ends with a hyphen is followed by a practice's or
   * destination's id.
   */
  private static final Map<String, Class<?>> FOR_ENDPOINTS =
      Map.ofEntries(
          Map.entry("apiWire", ApiWire.class),
          Map.entry("fhirContext", FhirContext.class),
          Map.entry("handshakeFirst", HandshakeFirstFactory.class),
          Map.entry("jms", JmsComponent.class),
          Map.entry("mllpAnswerFilter", MllpAnswerFilterFactory.class),
          Map.entry("mllpDecoder", MllpDecoderFactory.class),
          Map.entry("mllpEncoder", MllpEncoderFactory.class),
          Map.entry("storeReader", DataSource.class),
          Map.entry(DATABASE, DataSource.class),
          Map.entry(FHIR_CLIENT, IGenericClient.class),
          Map.entry(MLLP_TLS, SSLContextParameters.class),
          Map.entry(OutboundHl7.TLS, SSLContextParameters.class));

  private static final Set<String> PER_OWNER =
      Set.of(DATABASE, FHIR_CLIENT, MLLP_TLS, OutboundHl7.TLS);

  private final FhirContext fhir;

  /**
   * @param fhir of the process; to make one takes seconds
   */
  Vocabulary(FhirContext fhir) {
    this.fhir = fhir;
  }

  /**
   * Lets nothing into a registry that stands not here.
   *
   * @throws IllegalStateException when the house binds what the check does not know
   */
  static BiConsumer<String, Object> only(BiConsumer<String, Object> registry) {
    return (name, object) -> {
      Class<?> type =
          PER_OWNER.stream()
              .filter(name::startsWith)
              .findFirst()
              .map(FOR_ENDPOINTS::get)
              .or(() -> Optional.ofNullable(BEANS.get(name)))
              .or(() -> Optional.ofNullable(FOR_ENDPOINTS.get(name)))
              .orElseThrow(
                  () -> new IllegalStateException("bean " + name + " is not in the vocabulary"));
      if (!type.isInstance(object)) {
        throw new IllegalStateException("bean " + name + " is no " + type.getSimpleName());
      }
      registry.accept(name, object);
    };
  }

  private static List<String> engines(Optional<Settings> settings) {
    List<String> engines = new ArrayList<>(List.of("hospital-hl7"));
    settings.ifPresent(
        all ->
            all.destinations().stream()
                .filter(each -> each.kind() == Destination.Kind.HL7V2)
                .forEach(each -> engines.add(each.id())));
    return engines;
  }

  @Override
  public Surroundings apply(Optional<Settings> settings) {
    List<String> offices =
        settings
            .map(each -> each.practices().stream().map(Practice::id).toList())
            .orElse(List.of("elm"));
    List<String> servers = new ArrayList<>();
    settings.ifPresent(
        all ->
            all.destinations().stream()
                .filter(each -> each.kind() == Destination.Kind.FHIR)
                .forEach(each -> servers.add(each.id())));
    String server = servers.isEmpty() ? "hospital" : servers.get(0);
    String office = offices.get(0);
    Map<String, Supplier<?>> standIns = new TreeMap<>();
    standIns.put("apiWire", ApiWire::new);
    standIns.put("fhirContext", () -> fhir);
    standIns.put("handshakeFirst", HandshakeFirstFactory::new);
    standIns.put("jms", Vocabulary::noBroker);
    standIns.put("mllpAnswerFilter", MllpAnswerFilterFactory::new);
    standIns.put("mllpDecoder", () -> new MllpDecoderFactory(1024));
    standIns.put("mllpEncoder", MllpEncoderFactory::new);
    standIns.put("storeReader", SQLiteDataSource::new);
    offices.forEach(id -> standIns.put(DATABASE + id, SQLiteDataSource::new));
    offices.forEach(id -> standIns.put(MLLP_TLS + id, SSLContextParameters::new));
    engines(settings).forEach(id -> standIns.put(OutboundHl7.TLS + id, SSLContextParameters::new));
    servers.forEach(id -> standIns.put(FHIR_CLIENT + id, this::noServer));
    standIns.putIfAbsent(FHIR_CLIENT + server, this::noServer);
    Map<String, String> engine =
        Map.of(
            "destination", "hospital-hl7",
            "host", "127.0.0.1",
            "port", "2675",
            "tls", "false",
            "consumers", "2",
            "limit", "30000");
    return new Surroundings(
        BEANS,
        Map.copyOf(standIns),
        Map.of(
            "accept-hl7",
            Map.of("practice", office, "port", "2575", "tls", "false", "certificate", "false"),
            "follow-merge",
            Map.of("practice", office, "longestQuery", "20"),
            "capture-mysql",
            Map.of("practice", office, "longestQuery", "20", "tick", "1000"),
            "capture-api",
            Map.of("practice", office, "tick", "1000"),
            "reconcile",
            Map.of("practice", office, "longestQuery", "20"),
            "reconcile-destination",
            Map.of("destination", server),
            "send-fhir",
            Map.of("destination", server, "consumers", "2"),
            "send-hl7",
            engine,
            "answer-hl7",
            engine),
        Set.of("accept-fhir", "accept-hint"),
        Set.of("since", "after_key", "until", "until_key", "most"),
        Set.of(
            "inbound/patient",
            "fhir/patient-left",
            "fhir/patient-name",
            "fhir/booked-left",
            "fhir/visit-left",
            "inbound/appointment",
            "outbound/patient",
            "outbound/appointment",
            "outbound/practitioner",
            "outbound/location"),
        List.of(
            new Seam("alert", "alert-told-as", "alert-told", Set.of("alert")),
            new Seam("understand", "understand-read", "understand-translate", Set.of("message")),
            new Seam(
                "understand", "understand-translate", "understand-identify", Set.of("message")),
            new Seam("send-hl7", "seam", "through", Set.of("claim", "more", "practice", "clinic")),
            new Seam("send-fhir", "seam", "through", Set.of("claim", "place", "clinic"))));
  }

  private IGenericClient noServer() {
    return fhir.newRestfulGenericClient("http://127.0.0.1:1/fhir");
  }

  private static JmsComponent noBroker() {
    return JmsComponent.jmsComponent(new NoConnections());
  }

  /** The check sends nothing, so nobody asks. */
  private static final class NoConnections implements ConnectionFactory {
    private static <T> T refused() {
      throw new JMSRuntimeException("a check has no broker");
    }

    @Override
    public Connection createConnection() {
      return refused();
    }

    @Override
    public Connection createConnection(String user, String password) {
      return refused();
    }

    @Override
    public JMSContext createContext() {
      return refused();
    }

    @Override
    public JMSContext createContext(String user, String password) {
      return refused();
    }

    @Override
    public JMSContext createContext(String user, String password, int mode) {
      return refused();
    }

    @Override
    public JMSContext createContext(int mode) {
      return refused();
    }
  }
}
