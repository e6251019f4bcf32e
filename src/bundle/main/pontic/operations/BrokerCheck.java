package pontic.operations;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.util.List;

/** The broker takes connections. */
public final class BrokerCheck implements HealthCheck {

  private final ConnectionFactory connections;

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
  public List<Part> look() throws JMSException {
    try (Connection connection = connections.createConnection()) {
      connection.start();
      return List.of(new Part(name(), true, ""));
    }
  }
}
