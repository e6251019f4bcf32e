package pontic.broker;

import jakarta.jms.ConnectionFactory;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;
import pontic.practice.Settings;

/**
 * Queues that carry tokens and nothing else. The embedded broker keeps nothing on disk: a token
 * that is lost is made again from the store (decisions 0001 and 0006).
 */
public final class TokenBroker implements AutoCloseable {
  private static final int CONNECTIONS = 4;

  private final EmbeddedActiveMQ embedded;
  private final JmsPoolConnectionFactory connections;

  private TokenBroker(EmbeddedActiveMQ embedded, JmsPoolConnectionFactory connections) {
    this.embedded = embedded;
    this.connections = connections;
  }

  /**
   * @throws IllegalStateException if the embedded broker does not start
   */
  public static TokenBroker open(Settings.Access access) {
    EmbeddedActiveMQ embedded = new EmbeddedActiveMQ();
    String url = access.url();
    if (access.embedded()) {
      String vm = "vm://" + ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
      try {
        embedded.setConfiguration(configuration(vm));
        embedded.start();
      } catch (Exception e) {
        throw new IllegalStateException(
            "the embedded broker does not start: " + e.getClass().getSimpleName(), e);
      }
      url = vm;
    }
    // No prefetching: a token in a consumer's buffer would wait behind a slow one.
    ActiveMQConnectionFactory factory =
        new ActiveMQConnectionFactory(
            url + (url.contains("?") ? "&" : "?") + "consumerWindowSize=0");
    if (!access.user().isBlank()) {
      factory.setUser(access.user());
      factory.setPassword(access.password().value());
    }
    JmsPoolConnectionFactory pool = new JmsPoolConnectionFactory();
    pool.setConnectionFactory(factory);
    pool.setMaxConnections(CONNECTIONS);
    return new TokenBroker(embedded, pool);
  }

  private static ConfigurationImpl configuration(String vm) throws Exception {
    ConfigurationImpl configuration = new ConfigurationImpl();
    configuration.setName("pontic-tokens");
    configuration.setPersistenceEnabled(false);
    configuration.setSecurityEnabled(false);
    configuration.setJMXManagementEnabled(false);
    configuration.addAcceptorConfiguration("in-vm", vm);
    configuration.addAddressSetting(
        "#",
        new AddressSettings()
            .setMaxDeliveryAttempts(1)
            .setAutoCreateQueues(true)
            .setAutoCreateAddresses(true)
            .setAutoDeleteQueues(false)
            .setAutoDeleteAddresses(false));
    return configuration;
  }

  public ConnectionFactory connections() {
    return connections;
  }

  @Override
  public void close() {
    connections.stop();
    try {
      embedded.stop();
    } catch (Exception e) {
      throw new IllegalStateException(
          "the embedded broker does not stop: " + e.getClass().getSimpleName(), e);
    }
  }
}
