package pontic.scale;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import pontic.house.House;

/** A broker on a TCP port, configured by the file that the documentation gives to operators. */
final class StandAloneBroker implements AutoCloseable {
  private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
  private final int port;

  private StandAloneBroker(int port) {
    this.port = port;
  }

  static StandAloneBroker start(Path folder) throws Exception {
    return start(folder, shipped -> shipped);
  }

  /**
   * @param edited what a site makes of the file
   */
  static StandAloneBroker start(Path folder, UnaryOperator<String> edited) throws Exception {
    StandAloneBroker started = new StandAloneBroker(House.freePort());
    String shipped = Files.readString(House.home().resolve("docs/artemis/broker.xml"));
    Path own = folder.resolve("broker.xml");
    Files.writeString(
        own, edited.apply(shipped).replace("127.0.0.1:61616", "127.0.0.1:" + started.port));
    started.broker.setConfigResourcePath(own.toUri().toString());
    started.broker.start();
    return started;
  }

  /** A process that is silent is waited for, as by default. */
  String patientUrl() {
    return "tcp://127.0.0.1:" + port;
  }

  /** A process that was silent for one and a half seconds is taken for gone. */
  String url() {
    return "tcp://127.0.0.1:" + port + "?connectionTTL=1500&clientFailureCheckPeriod=500";
  }

  /** Full for these addresses from now on: what becomes of what is sent there. */
  void whenFull(AddressFullMessagePolicy policy, List<String> addresses) {
    for (String address : addresses) {
      broker
          .getActiveMQServer()
          .getAddressSettingsRepository()
          .addMatch(
              address,
              new AddressSettings(
                      broker.getActiveMQServer().getAddressSettingsRepository().getMatch(address))
                  .setAddressFullMessagePolicy(policy));
    }
  }

  @Override
  public void close() throws Exception {
    broker.stop();
  }
}
