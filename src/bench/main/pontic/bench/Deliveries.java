package pontic.bench;

import ca.uhn.fhir.context.FhirContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.SimpleRegistry;

/**
 * The ways in which others would send a recorded load: one request after the other, each when the
 * last one is answered. None of them knows afterwards what it sent.
 */
final class Deliveries {
  private static final int LIMIT_MILLIS = 60_000;

  private final Recording.Load load;

  Deliveries(Recording.Load load) {
    this.load = load;
  }

  /** camel-fhir, an update for each resource. */
  void camelOneByOne(String url, Watch watch) throws Exception {
    try (DefaultCamelContext camel = camel();
        ProducerTemplate to = camel.createProducerTemplate();
        BufferedReader lines = Files.newBufferedReader(load.each())) {
      String update = endpoint("update/resource?inBody=resourceAsString", url);
      String transaction = endpoint("transaction/withBundle?inBody=stringBundle", url);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int tab = line.indexOf('\t');
        String body = line.substring(tab + 1);
        if (tab == 0) {
          to.requestBody(transaction, body);
        } else {
          to.requestBodyAndHeaders(
              update, body, Map.of("CamelFhir.stringId", line.substring(0, tab)));
        }
        watch.did(1);
      }
    }
  }

  /** camel-fhir, the transactions. */
  void camelTransactions(String url, Watch watch) throws Exception {
    try (DefaultCamelContext camel = camel();
        ProducerTemplate to = camel.createProducerTemplate();
        BufferedReader lines = Files.newBufferedReader(load.transactions())) {
      String transaction = endpoint("transaction/withBundle?inBody=stringBundle", url);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        to.requestBody(transaction, line.substring(space + 1));
        watch.did(Long.parseLong(line.substring(0, space)));
      }
    }
  }

  /** The HTTP client of Java, the transactions. */
  void bare(String url, Watch watch) throws Exception {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    try (BufferedReader lines = Files.newBufferedReader(load.transactions())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        HttpResponse<Void> answer =
            http.send(
                HttpRequest.newBuilder(URI.create(url))
                    .header("Content-Type", "application/fhir+json")
                    .POST(HttpRequest.BodyPublishers.ofString(line.substring(space + 1)))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
        if (answer.statusCode() != 200) {
          throw new IOException("a transaction was answered HTTP " + answer.statusCode());
        }
        watch.did(Long.parseLong(line.substring(0, space)));
      }
    }
  }

  private static DefaultCamelContext camel() {
    FhirContext context = FhirContext.forR4();
    context.getRestfulClientFactory().setSocketTimeout(LIMIT_MILLIS);
    SimpleRegistry registry = new SimpleRegistry();
    registry.bind("fhirContext", context);
    DefaultCamelContext camel = new DefaultCamelContext(registry);
    camel.disableJMX();
    camel.start();
    return camel;
  }

  private static String endpoint(String what, String url) {
    return "fhir:" + what + "&serverUrl=" + url + "&fhirContext=#fhirContext&validationMode=NEVER";
  }
}
