package pontic.operations;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Down until every route and listener has been started once. */
public final class StartCheck implements HealthCheck {
  private final AtomicBoolean started = new AtomicBoolean();

  public void done() {
    started.set(true);
  }

  @Override
  public String name() {
    return "start";
  }

  @Override
  public List<Part> look() {
    boolean up = started.get();
    return List.of(new Part(name(), up, up ? "" : "routes and listeners are being started"));
  }
}
