package pontic.hawtio;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.modelmbean.InvalidTargetObjectTypeException;
import javax.management.modelmbean.ModelMBean;
import javax.management.modelmbean.ModelMBeanInfo;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedInstance;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.api.management.NotificationSenderAware;
import org.apache.camel.spi.ManagementMBeanAssembler;
import org.apache.camel.support.management.DefaultManagementMBeanAssembler;
import org.apache.camel.support.management.MBeanInfoAssembler;
import org.apache.camel.support.management.MixinRequiredModelMBean;
import org.apache.camel.support.management.NotificationSenderAdapter;

/**
 * Makes Camel's MBeans as Camel does, but describes each class of them once: each step of each
 * route is an MBean, and to describe every one anew was a third of a start (decision 0230).
 */
public final class DescribedOnce implements ManagementMBeanAssembler {
  private final CamelContext context;
  private final MBeanInfoAssembler infos;
  private final DefaultManagementMBeanAssembler camels;
  private final Map<Class<?>, ModelMBeanInfo> described = new ConcurrentHashMap<>();

  public DescribedOnce(CamelContext context) {
    this.context = context;
    this.infos = new MBeanInfoAssembler(context);
    this.camels = new DefaultManagementMBeanAssembler(context);
  }

  @Override
  public ModelMBean assemble(MBeanServer server, Object bean, ObjectName name) throws JMException {
    if (bean instanceof ManagedInstance managed
        && managed.getInstance() != null
        && managed.getInstance().getClass().isAnnotationPresent(ManagedResource.class)) {
      // What it stands for brings attributes of its own.
      return camels.assemble(server, bean, name);
    }
    ModelMBeanInfo info = described.get(bean.getClass());
    if (info == null) {
      info = infos.getMBeanInfo(context, bean, null, name.toString());
      if (info == null) {
        // Nothing that JMX could show.
        return null;
      }
      described.put(bean.getClass(), info);
    }
    return made(info, bean);
  }

  private ModelMBean made(ModelMBeanInfo info, Object bean) throws JMException {
    boolean masks =
        Boolean.TRUE.equals(context.getManagementStrategy().getManagementAgent().getMask());
    MixinRequiredModelMBean made = new MixinRequiredModelMBean(info, masks, null, null);
    try {
      made.setManagedResource(bean, "ObjectReference");
    } catch (InvalidTargetObjectTypeException e) {
      throw new JMException(e.getMessage());
    }
    if (bean instanceof NotificationSenderAware sender) {
      sender.setNotificationSender(new NotificationSenderAdapter(made));
    }
    return made;
  }

  @Override
  public void start() {
    infos.start();
    camels.start();
  }

  @Override
  public void stop() {
    infos.stop();
    camels.stop();
    described.clear();
  }
}
