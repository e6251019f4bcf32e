package pontic.bench;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.impl.DefaultCamelContext;
import pontic.broker.TokenBroker;
import pontic.practice.Secret;
import pontic.practice.Settings;

/**
 * A process that has a queue and a consumer for each practice, as one would write it: order within
 * a practice is its consumer's. On the broker that the product embeds.
 *
 * <p>Argument: how many practices.
 */
public final class LaneConsumers {
  private LaneConsumers() {}

  public static void main(String[] arguments) {
    try {
      consume(Integer.parseInt(arguments[0]));
      System.out.println("consumes");
    } catch (Exception e) {
      // The broker's threads would keep a process alive that does nothing.
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void consume(int practices) throws Exception {
    TokenBroker broker = TokenBroker.open(new Settings.Access("", "", new Secret("")));
    DefaultCamelContext camel = new DefaultCamelContext();
    camel.addComponent("jms", JmsComponent.jmsComponent(broker.connections()));
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            for (int i = 0; i < practices; i++) {
              from("jms:queue:lane." + i).routeId("lane-" + i).process(token -> {});
            }
          }
        });
    camel.start();
  }
}
