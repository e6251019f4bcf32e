package pontic.operator;

import java.util.Optional;

/** The operator whose request the thread serves, for what is called far behind the login. */
public final class Asking {
  private final ThreadLocal<Optional<Operator>> now = ThreadLocal.withInitial(Optional::empty);

  /** Until {@link #ends}. */
  public void begins(Optional<Operator> operator) {
    now.set(operator);
  }

  public void ends() {
    now.remove();
  }

  /** Empty if nobody asks, or somebody without a role. */
  public Optional<Operator> now() {
    return now.get();
  }
}
