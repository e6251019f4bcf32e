package pontic.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * A stand-alone broker is really full: what other applications have left there is all that it may
 * hold. Policies are those of the shipped file (FAIL) and of a site that lets senders wait (BLOCK).
 */
final class BrokerFullTest {
  private static final List<String> TOKENS =
      List.of("understand", "call", "send-fhir", "send-hl7", "answer-hl7", "health");
  private static final String MESSAGES = "select count(*) from message";
  private static final String OTHERS = "of-others";
  private static final String LIMIT =
      """
          <global-max-size>1048576</global-max-size>
          <address-settings>
            <address-setting match="of-others">
              <address-full-policy>FAIL</address-full-policy>
            </address-setting>
      """;

  @TempDir Path folder;
  private int number = 71_000;

  @Test
  void
      whileTheBrokerIsFullMessagesAreTakenAtBothDoorsHealthSaysWhyAndAllLandByThemselvesOnceThereIsRoom()
          throws Exception {
    try (StandAloneBroker broker =
            StandAloneBroker.start(
                folder, shipped -> shipped.replaceFirst("<address-settings>", LIMIT));
        House house =
            House.sandboxOnly(folder)
                .busyLanes()
                .with("pontic.facade.wait-seconds", "1")
                .with("pontic.broker.url", broker.patientUrl())) {
      house.startBundle();
      house.untilConnected();
      for (AddressFullMessagePolicy policy :
          List.of(AddressFullMessagePolicy.FAIL, AddressFullMessagePolicy.BLOCK)) {
        broker.whenFull(policy, TOKENS);
        full(house, broker.patientUrl(), policy.name());
      }
    }
  }

  private void full(House house, String url, String policy) throws Exception {
    List<Patient> taken = new ArrayList<>();
    List<String> statuses;
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
        Connection connection = factory.createConnection();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      connection.start();
      int[] others = new int[1];
      // What is taken out meanwhile makes room for a token once more.
      House.until(
          "health says why: " + policy,
          () -> {
            others[0] += fill(session, 10_000) + fill(session, 10);
            HttpResponse<String> health = health(house);
            return health.statusCode() == 503
                && health.body().contains("\"broker\"")
                && health.body().contains("full");
          });
      for (int i = 0; i < 3; i++) {
        Patient next = next();
        house.accepted("elm", Hospital.adt("A28", policy + i, next));
        taken.add(next);
      }
      statuses = clients(house, policy, taken, () -> others[0] += fill(session, 10));
      empty(session, others[0]);
    }
    house.untilAllEnded();
    for (String status : statuses) {
      House.until(
          status + " says that it ended",
          () -> asked(house, "GET", status, "").statusCode() == 200);
    }
    for (Patient each : taken) {
      assertEquals(1, house.office("elm").patients(each).size(), policy + " " + each.mrn());
    }
    House.until("health is well: " + policy, () -> health(house).statusCode() == 200);
  }

  /**
   * What the façade's clients hear: 202 with what they sent on disk, and its status meanwhile; who
   * asks for something is answered.
   *
   * @param taken gets the patients whom they sent
   * @param fillUp leaves no room again
   * @return where each asks what became of it
   */
  private List<String> clients(House house, String policy, List<Patient> taken, Runnable fillUp)
      throws Exception {
    List<String> statuses = new ArrayList<>();
    long before = house.ledger().count(MESSAGES);
    List<String> ways = List.of("create", "update", "transaction");
    for (String way : ways) {
      fillUp.run();
      Patient next = next();
      String id = policy.toLowerCase(Locale.ROOT) + "-" + way;
      String resource =
          """
          {"resourceType": "Patient"ID, "name": [{"family": "LAST", "given": ["FIRST"]}], "birthDate": "BORN", "gender": "female"}
          """
              .replace("ID", way.equals("update") ? ", \"id\": \"" + id + "\"" : "")
              .replace("LAST", next.last())
              .replace("FIRST", next.first())
              .replace("BORN", next.birth().replaceAll("(....)(..)(..)", "$1-$2-$3"));
      HttpResponse<String> answer =
          switch (way) {
            case "create" -> asked(house, "POST", "/fhir/elm/Patient", resource);
            case "update" -> asked(house, "PUT", "/fhir/elm/Patient/" + id, resource);
            default ->
                asked(
                    house,
                    "POST",
                    "/fhir/elm",
                    "{\"resourceType\": \"Bundle\", \"type\": \"transaction\", \"entry\": [{\"fullUrl\": \"urn:uuid:3b2a9c10-0000-4000-8000-000000000001\", \"resource\": "
                        + resource
                        + ", \"request\": {\"method\": \"POST\", \"url\": \"Patient\"}}]}");
          };
      taken.add(next);
      // A token that was under way may have gone through; then it has landed, as its row will show.
      if (answer.statusCode() != 200 && answer.statusCode() != 201) {
        assertEquals(202, answer.statusCode(), way + " " + answer.body());
        String status = answer.headers().firstValue("Content-Location").orElseThrow();
        assertEquals(2, asked(house, "GET", status, "").statusCode() / 100, "it is known");
        statuses.add(status);
      }
    }
    assertEquals(before + ways.size(), house.ledger().count(MESSAGES), "all are on disk");
    assertEquals(200, asked(house, "GET", "/fhir/elm/metadata", "").statusCode());
    return statuses;
  }

  private static HttpResponse<String> asked(House house, String method, String path, String body) {
    try {
      return Fixture.request(
          method,
          "http://127.0.0.1:" + house.flags().get("pontic.facade.port") + path,
          body,
          "Content-Type",
          "application/fhir+json",
          "Authorization",
          "Bearer ElmFacadeToken01");
    } catch (Exception e) {
      throw new AssertionError("the façade answers, whatever the broker does", e);
    }
  }

  private Patient next() {
    return Patient.numbered(++number).withFirst("Robin" + (char) ('a' + number % 26));
  }

  /** Until the broker takes nothing more. */
  private static int fill(Session session, int bytes) {
    int sent = 0;
    try (MessageProducer producer = session.createProducer(session.createQueue(OTHERS))) {
      BytesMessage message = session.createBytesMessage();
      message.writeBytes(new byte[bytes]);
      while (sent < 10_000) {
        producer.send(message);
        sent++;
      }
      throw new AssertionError("the broker holds " + sent + " messages and is not full");
    } catch (JMSException full) {
      assertTrue(String.valueOf(full.getMessage()).contains("full"), full.getMessage());
      return sent;
    }
  }

  private static void empty(Session session, int messages) throws JMSException {
    try (MessageConsumer consumer = session.createConsumer(session.createQueue(OTHERS))) {
      for (int i = 0; i < messages; i++) {
        assertNotNull(consumer.receive(600_000), i + " of " + messages);
      }
    }
  }

  private static HttpResponse<String> health(House house) {
    try {
      return Fixture.request(
          "GET", "http://127.0.0.1:" + house.flags().get("pontic.management.port") + "/health", "");
    } catch (Exception e) {
      throw new AssertionError("health is told, whatever the broker does", e);
    }
  }
}
