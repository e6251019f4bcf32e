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
  void whileTheBrokerIsFullMessagesAreTakenHealthSaysWhyAndAllLandByThemselvesOnceThereIsRoom()
      throws Exception {
    try (StandAloneBroker broker =
            StandAloneBroker.start(
                folder, shipped -> shipped.replaceFirst("<address-settings>", LIMIT));
        House house =
            House.sandboxOnly(folder).busyLanes().with("pontic.broker.url", broker.patientUrl())) {
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
        Patient next = Patient.numbered(++number).withFirst("Robin" + (char) ('a' + number % 26));
        house.accepted("elm", Hospital.adt("A28", policy + i, next));
        taken.add(next);
      }
      empty(session, others[0]);
    }
    house.untilAllEnded();
    for (Patient each : taken) {
      assertEquals(1, house.office("elm").patients(each).size(), policy + " " + each.mrn());
    }
    House.until("health is well: " + policy, () -> health(house).statusCode() == 200);
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
