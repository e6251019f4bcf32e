package pontic;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.management.JmxManagementStrategy;
import pontic.hawtio.DescribedOnce;
import pontic.hawtio.ShownMBeans;
import pontic.operations.Metrics;
import pontic.operations.RouteMeters;

/**
 * One Camel context whose routes are all made before the first of them runs, with meters and MBeans
 * that are seen under the names of the one before it.
 */
final class RouteContext implements AutoCloseable {
  private static final int STOP_SECONDS = 20;

  /** Threads for ticks that wait for nobody. */
  private static final int SHARED_TICKS = 4;

  private final Main main = new Main();
  private final BiConsumer<String, Object> beans = Vocabulary.only(main::bind);
  private final RouteMeters meters = new RouteMeters();
  private final MBeans mbeans;
  private final String scheduler;
  private final int waiting;

  /** Gives the context its own agent before anything is registered. */
  private static final class MBeans extends MainListenerSupport {
    private ShownMBeans agent;

    @Override
    public void beforeInitialize(BaseMainSupport main) {
      CamelContext context = main.getCamelContext();
      context.getCamelContextExtension().setManagementMBeanAssembler(new DescribedOnce(context));
      agent = new ShownMBeans(context);
      context.setManagementStrategy(new JmxManagementStrategy(context, agent));
    }
  }

  /**
   * @param name as people see it
   * @param number which of its name it is; Quartz, whose schedulers are static, must tell them
   *     apart
   * @param waiting routes whose tick may wait for an office's database or a hospital
   * @param files patterns of route files
   */
  RouteContext(
      String name, int number, int waiting, List<String> files, Map<String, String> properties) {
    main.setShutdownStrategy(new SimpleMainShutdownStrategy());
    main.configure().setName(name);
    // As it is seen: Camel looks for the counters of a diagram's steps under this name.
    main.configure().setJmxManagementNamePattern(name);
    main.configure().setRoutesIncludePattern(String.join(",", files));
    main.configure().setShutdownTimeout(STOP_SECONDS);
    main.configure().setAutoStartup(false);
    main.configure().setSourceLocationEnabled(true);
    properties.forEach(main::addInitialProperty);
    scheduler =
        name
            + "-"
            + number
            + "-"
            + Long.toUnsignedString(UUID.randomUUID().getMostSignificantBits());
    this.waiting = waiting;
    mbeans = new MBeans();
    main.addMainListener(mbeans);
  }

  /**
   * @throws IllegalStateException if the vocabulary does not know it (decision 0110)
   */
  void bind(String name, Object bean) {
    beans.accept(name, bean);
  }

  void property(String key, String value) {
    main.addInitialProperty(key, value);
  }

  /** Reads the route files. */
  CamelContext load() {
    main.init();
    main.getCamelContext().addRoutePolicyFactory(meters.policies());
    main.getCamelContext().addRoutePolicyFactory(meters.tokenAges());
    main.getCamelContext().addComponent("quartz", clock(scheduler, waiting));
    main.getCamelContext()
        .getCamelContextExtension()
        .registerEndpointCallback(new NamedParameters());
    return main.getCamelContext();
  }

  /**
   * A thread for each route that may wait for somebody: who hangs holds up no other (decision
   * 0164). The others share a few; that of a practice which is read through its API asks nobody
   * (decision 0333).
   */
  private static QuartzComponent clock(String name, int waiting) {
    QuartzComponent quartz = new QuartzComponent();
    quartz.setPrefixInstanceName(false);
    quartz.setProperties(
        Map.of(
            "org.quartz.scheduler.instanceName",
            name,
            "org.quartz.threadPool.threadCount",
            Integer.toString(waiting + SHARED_TICKS)));
    return quartz;
  }

  /** Makes every route that is known; none takes anything yet. */
  void make() {
    main.start();
  }

  CamelContext camel() {
    return main.getCamelContext();
  }

  /** From now on it is the one that is seen under the name. */
  void show(Metrics metrics) {
    mbeans.agent.show();
    metrics.show(meters);
  }

  /** From now on it is seen in place of the one before it. */
  void follow(RouteContext old, Metrics metrics) {
    metrics.replace(old.meters, meters);
    old.mbeans.agent.hide();
    mbeans.agent.show();
  }

  void hide(Metrics metrics) {
    metrics.hide(meters);
    mbeans.agent.hide();
  }

  /** Ends what is under way, at most for a while. */
  @Override
  public void close() {
    main.stop();
    meters.close();
  }
}
