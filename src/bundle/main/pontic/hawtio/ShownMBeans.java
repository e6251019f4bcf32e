package pontic.hawtio;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.management.DefaultManagementAgent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MBeans of one Camel context whose management name it shares with others, of which one at a
 * time is shown. So a generation that follows another is found where that one was.
 */
public final class ShownMBeans extends DefaultManagementAgent {
  private static final Logger LOG = LoggerFactory.getLogger(ShownMBeans.class);

  private final Map<ObjectName, Object> beans = new LinkedHashMap<>();
  private final Set<ObjectName> own = new HashSet<>();
  private boolean shown;

  /** While Camel's agent is at work it asks for what it registered itself. */
  private boolean inner;

  public ShownMBeans(CamelContext context) {
    super(context);
  }

  public synchronized void show() {
    if (!shown) {
      shown = true;
      beans.forEach(this::put);
    }
  }

  public synchronized void hide() {
    if (shown) {
      List<ObjectName> names = new ArrayList<>(beans.keySet());
      names.forEach(this::take);
      shown = false;
    }
  }

  @Override
  public synchronized void register(Object bean, ObjectName name, boolean forced) {
    if (forced || !beans.containsKey(name)) {
      beans.put(name, bean);
      if (shown) {
        put(name, bean);
      }
    }
  }

  @Override
  public void register(Object bean, ObjectName name) {
    register(bean, name, false);
  }

  @Override
  public synchronized void unregister(ObjectName name) {
    if (beans.remove(name) != null && shown) {
      take(name);
    }
  }

  @Override
  public synchronized boolean isRegistered(ObjectName name) {
    return inner ? super.isRegistered(name) : beans.containsKey(name);
  }

  private void put(ObjectName name, Object bean) {
    if (getMBeanServer().isRegistered(name)) {
      // Somebody else's in the same Java process.
      return;
    }
    inner = true;
    try {
      super.register(bean, name, false);
      own.add(name);
    } catch (JMException | JMRuntimeException e) {
      LOG.warn("JMX: {} is not shown ({})", name, e.getClass().getSimpleName());
    } finally {
      inner = false;
    }
  }

  private void take(ObjectName name) {
    if (!own.remove(name)) {
      return;
    }
    inner = true;
    try {
      super.unregister(name);
    } catch (JMException | JMRuntimeException e) {
      LOG.warn("JMX: {} is still shown ({})", name, e.getClass().getSimpleName());
    } finally {
      inner = false;
    }
  }
}
