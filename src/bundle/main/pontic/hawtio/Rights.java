package pontic.hawtio;

import io.hawt.jmx.JMXSecurityMBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Hawtio asks before it offers a button: whether the {@link Policy} would let this user do it.
 * It only tells; the policy itself refuses.
 */
final class Rights implements JMXSecurityMBean {
  private static final Logger LOG = LoggerFactory.getLogger(Rights.class);

  /** Hawtio looks for {@code type=security,area=jmx} in any domain. */
  static final String NAME = "pontic:type=security,area=jmx";

  private static final String ANY = "";

  private final Policy policy;

  private Rights(Policy policy) {
    this.policy = policy;
  }

  /**
   * Shows it to JMX.
   *
   * @return takes it away again
   * @throws IllegalStateException if it cannot be shown
   */
  static Runnable show(Policy policy) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName name = new ObjectName(NAME);
      server.registerMBean(new StandardMBean(new Rights(policy), JMXSecurityMBean.class), name);
      return () -> hide(server, name);
    } catch (InstanceAlreadyExistsException e) {
      LOG.warn("JMX: {} is another's of the same Java process", NAME);
      return () -> {};
    } catch (JMException e) {
      throw new IllegalStateException("JMX does not take " + NAME, e);
    }
  }

  private static void hide(MBeanServer server, ObjectName name) {
    try {
      server.unregisterMBean(name);
    } catch (JMException e) {
      LOG.warn("JMX: {} is not there any more", NAME);
    }
  }

  @Override
  public boolean canInvoke(String bean) throws MalformedObjectNameException {
    return !policy.isObjectNameHidden(new ObjectName(bean));
  }

  @Override
  public boolean canInvoke(String bean, String operation) throws MalformedObjectNameException {
    return policy.isOperationAllowed(new ObjectName(bean), operation);
  }

  @Override
  public boolean canInvoke(String bean, String operation, String[] types)
      throws MalformedObjectNameException {
    return canInvoke(bean, operation);
  }

  /**
   * @param asked operations by MBean, each as {@code stop()} or {@code stop(long)}; none asks for
   *     the MBean itself
   */
  @Override
  public TabularData canInvoke(Map<String, List<String>> asked)
      throws OpenDataException, MalformedObjectNameException {
    TabularData answer = new TabularDataSupport(CAN_INVOKE_TABULAR_TYPE);
    for (Map.Entry<String, List<String>> bean : asked.entrySet()) {
      if (bean.getValue().isEmpty()) {
        answer.put(row(bean.getKey(), ANY, canInvoke(bean.getKey())));
      }
      for (String operation : bean.getValue()) {
        // Who asks for one twice gets one answer.
        if (!answer.containsKey(new Object[] {bean.getKey(), operation})) {
          answer.put(row(bean.getKey(), operation, canInvoke(bean.getKey(), operation)));
        }
      }
    }
    return answer;
  }

  private static CompositeDataSupport row(String bean, String operation, boolean can)
      throws OpenDataException {
    return new CompositeDataSupport(
        CAN_INVOKE_RESULT_ROW_TYPE, CAN_INVOKE_RESULT_COLUMNS, new Object[] {bean, operation, can});
  }
}
