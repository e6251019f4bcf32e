package pontic.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Resources by the FHIR façade, each answered with its receipt once it is on disk. */
final class Receipts {
  private static final double P99 = 0.99;
  private static final String RATE = "receipts";
  private static final String LATE = "p99";
  private static final String COST = "processor";

  private static final String PATIENT =
      """
      {"resourceType": "Patient", "identifier": [{"system": "urn:oid:2.16.840.1.113883.19.5", "value": "%s"}],
       "active": true, "name": [{"use": "official", "family": "Quill", "given": ["Ada", "Bea"]}], "gender": "female",
       "birthDate": "1980-02-03", "telecom": [{"system": "phone", "value": "5035550101", "use": "home"}],
       "address": [{"line": ["1 Elm Street"], "city": "Salem", "state": "OR", "postalCode": "97301"}]}
      """;

  private final Setting setting;
  private final double seconds;
  private final int clients;

  /**
   * @param seconds of posting for each value
   * @param clients that post at once
   */
  Receipts(Setting setting, double seconds, int clients) {
    this.setting = setting;
    this.seconds = seconds;
    this.clients = clients;
  }

  List<Figure> measure() throws Exception {
    Posters posters = new Posters(PATIENT, seconds);
    try (Product product = Product.posted(setting.home(), setting.folder("facade-pontic"));
        DurableQueue queue = DurableQueue.start(setting.folder("facade-queue"));
        BareServer toQueue = BareServer.start(queue::keep, clients)) {
      BareListener.Keep shared = Rows.sqlite(setting.folder("facade-rows")).shared();
      try (BareServer toRows = BareServer.start(() -> shared, clients)) {
        List<Contest.Contender> contenders =
            List.of(
                new Contest.Contender(
                    "pontic",
                    "the whole product on the embedded store, SQLite with synchronous FULL: client and structure checked, each resource sealed, numbered, looked up as a repetition and audited; what was accepted is understood meanwhile",
                    () -> {
                      Map<String, Double> told =
                          turn(posters, product.facade() + "/fhir/elm/Patient");
                      // Else it would go on with that while the others play.
                      Product.until(
                          "all is understood", () -> product.count(Mllp.NOT_UNDERSTOOD) == 0);
                      return told;
                    }),
                new Contest.Contender(
                    "bare Jetty, Artemis",
                    "a persistent send to an embedded Artemis, synced, its timer lowered to 0.1 ms; in clear, nobody and nothing is checked",
                    () -> {
                      Map<String, Double> told = turn(posters, toQueue.address());
                      queue.empty();
                      return told;
                    }),
                new Contest.Contender(
                    "bare Jetty, a row each",
                    "one row and one commit for each in SQLite with synchronous FULL; in clear, nobody and nothing is checked",
                    () -> turn(posters, toRows.address())));
        return figures(setting.contest().play(contenders));
      }
    }
  }

  private Map<String, Double> turn(Posters posters, String address) throws Exception {
    Senders.Answered answered = posters.post(address, Product.TOKEN, clients);
    Map<String, Double> told = new LinkedHashMap<>();
    told.put(RATE, answered.perSecond());
    told.put(LATE, answered.millis().quantile(P99));
    told.put(COST, answered.processorMicros());
    return told;
  }

  private List<Figure> figures(Map<String, List<Figure.Series>> played) {
    return List.of(
        new Figure(
            "facade",
            "a Patient by POST, 202 after it is on disk, " + clients + " clients",
            "receipts/s",
            played.get(RATE),
            List.of(
                "closed loop: each client posts when its last resource has its receipt",
                "clients are in the same process")),
        new Figure(
            "facade-p99",
            "the same, how long 99 of 100 wait at most",
            "ms",
            played.get(LATE),
            List.of()),
        new Figure(
            "facade-processor",
            "the same, processor time of the whole process for a receipt",
            "µs",
            played.get(COST),
            List.of("clients, compiler and collector included; what is understood meanwhile too")));
  }
}
