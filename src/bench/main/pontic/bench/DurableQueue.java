package pontic.bench;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * An embedded Artemis that keeps messages on disk, tuned: it gathers for a tenth of a millisecond
 * before it syncs, where its own 3.3 ms is the limit of everything.
 */
final class DurableQueue implements AutoCloseable {
  private static final String URL = "vm://1184";
  private static final String QUEUE = "inbox";
  private static final int GATHERING_NANOS = 100_000;

  private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
  private final Connection connection;

  private DurableQueue(Path folder) throws Exception {
    ConfigurationImpl configuration = new ConfigurationImpl();
    configuration.setName("bench");
    configuration.setPersistenceEnabled(true);
    configuration.setSecurityEnabled(false);
    configuration.setJMXManagementEnabled(false);
    configuration.setJournalType(JournalType.NIO);
    configuration.setJournalDatasync(true);
    configuration.setJournalBufferTimeout_NIO(GATHERING_NANOS);
    configuration.setJournalDirectory(folder.resolve("journal").toString());
    configuration.setBindingsDirectory(folder.resolve("bindings").toString());
    configuration.setPagingDirectory(folder.resolve("paging").toString());
    configuration.setLargeMessagesDirectory(folder.resolve("large").toString());
    configuration.addAcceptorConfiguration("in-vm", URL);
    broker.setConfiguration(configuration);
    broker.start();
    connection = new ActiveMQConnectionFactory(URL).createConnection();
  }

  static DurableQueue start(Path folder) throws Exception {
    return new DurableQueue(folder);
  }

  /** A session of its own. */
  BareListener.Keep keep() throws Exception {
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageProducer producer = session.createProducer(session.createQueue(QUEUE));
    producer.setDeliveryMode(DeliveryMode.PERSISTENT);
    return new BareListener.Keep() {
      @Override
      public void keep(byte[] bytes) throws Exception {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(bytes);
        producer.send(message);
      }

      @Override
      public void close() throws Exception {
        session.close();
      }
    };
  }

  /** Takes away what nobody receives, between measurements. */
  void empty() throws Exception {
    broker.getActiveMQServer().locateQueue(QUEUE).deleteAllReferences();
  }

  @Override
  public void close() throws Exception {
    connection.close();
    broker.stop();
  }
}
