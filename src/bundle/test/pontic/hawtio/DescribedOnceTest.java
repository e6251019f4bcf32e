package pontic.hawtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** Two contexts with the same routes, one with Camel's own assembler. */
final class DescribedOnceTest {
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  @Test
  void whatJmxShowsIsWhatCamelShows() throws Exception {
    try (DefaultCamelContext camels = new DefaultCamelContext();
        DefaultCamelContext ours = new DefaultCamelContext()) {
      ours.getCamelContextExtension().setManagementMBeanAssembler(new DescribedOnce(ours));
      Map<String, List<String>> expected = shown(camels, "described-by-camel");
      assertTrue(expected.size() > 10, expected::toString);
      Map<String, List<String>> seen = shown(ours, "described-once");
      // Camel shows each service that it was given.
      assertTrue(seen.remove("services DescribedOnce") != null);
      assertEquals(expected.keySet(), seen.keySet());
      expected.forEach((bean, features) -> assertEquals(features, seen.get(bean), bean));
      ObjectName step =
          new ObjectName("org.apache.camel:context=described-once,type=processors,name=\"second\"");
      ours.createProducerTemplate().sendBody("direct:in", "x");
      assertEquals(1L, SERVER.getAttribute(step, "ExchangesTotal"));
      assertEquals("second", SERVER.getAttribute(step, "ProcessorId"));
    }
  }

  /** What can be read and called, by the bean's name without the context's. */
  private static Map<String, List<String>> shown(DefaultCamelContext context, String name)
      throws Exception {
    context.getManagementNameStrategy().setNamePattern(name);
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:in")
                .routeId("in")
                .setBody(constant("x"))
                .id("first")
                .setBody(constant("y"))
                .id("second")
                .filter(body().isNull())
                .id("third")
                .to("log:none?level=OFF")
                .id("fourth");
          }
        });
    context.start();
    Map<String, List<String>> shown = new TreeMap<>();
    for (ObjectName bean :
        SERVER.queryNames(new ObjectName("org.apache.camel:context=" + name + ",*"), null)) {
      MBeanInfo info = SERVER.getMBeanInfo(bean);
      shown.put(
          bean.getKeyProperty("type")
              + " "
              + bean.getKeyProperty("name").replace(name, "").replaceAll("\\(0x\\w+\\)|\\d+", ""),
          Stream.of(info.getAttributes(), info.getOperations(), info.getNotifications())
              .flatMap(Stream::of)
              .map(MBeanFeatureInfo::toString)
              .sorted()
              .toList());
    }
    return shown;
  }
}
