package pontic.operations;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.List;
import java.util.UUID;

/**
 * The broker takes a token and gives it back. A connection says too little: a broker that is full
 * has them too, and drops tokens or lets who sends them wait (decision 0313).
 */
public final class BrokerCheck implements HealthCheck {
  private static final String QUEUE = "health";
  private static final String CONNECTING = "it takes no connection";
  private static final String FULL =
      "it takes connections and no tokens: it may be full, or refuse this user";

  /** Longer than anybody waits for the check. */
  private static final long WAIT_MILLIS = 10_000;

  private final ConnectionFactory connections;
  private volatile String stage = CONNECTING;

  /**
   * @param connections pooled or not; a connection is taken and given back at each look
   */
  public BrokerCheck(ConnectionFactory connections) {
    this.connections = connections;
  }

  @Override
  public String name() {
    return "broker";
  }

  @Override
  public String hanging() {
    return stage;
  }

  @Override
  public List<Part> look() {
    stage = CONNECTING;
    try (Connection connection = connections.createConnection();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      connection.start();
      stage = FULL;
      boolean up = comesBack(session);
      return List.of(new Part(name(), up, up ? "" : FULL));
    } catch (JMSException refused) {
      // Of its text nothing is told: only how far the look came.
      return List.of(
          new Part(name(), false, stage + " (" + refused.getClass().getSimpleName() + ")"));
    }
  }

  private static boolean comesBack(Session session) throws JMSException {
    String mark = UUID.randomUUID().toString();
    Queue queue = session.createQueue(QUEUE);
    try (MessageProducer producer = session.createProducer(queue)) {
      Message token = session.createMessage();
      token.setJMSCorrelationID(mark);
      producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
      producer.setTimeToLive(WAIT_MILLIS);
      producer.send(token);
    }
    try (MessageConsumer consumer =
        session.createConsumer(queue, "JMSCorrelationID = '" + mark + "'")) {
      return consumer.receive(WAIT_MILLIS) != null;
    }
  }
}
