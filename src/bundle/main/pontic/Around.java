package pontic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import pontic.capture.Reach;
import pontic.generation.Checks;
import pontic.lane.Planner;

/**
 * What a test puts around the product's own parts, in every generation.
 *
 * @param planning stands around the planner
 * @param reaching how far polls of an office's database reach back
 * @param checking stands around the check of files as a whole
 * @param observer sees each context before its routes are made
 * @param freePort for listeners whose port nobody named
 */
public record Around(
    UnaryOperator<Planner> planning,
    UnaryOperator<Reach> reaching,
    UnaryOperator<Checks> checking,
    Consumer<CamelContext> observer,
    IntSupplier freePort) {

  /** The product as it is. */
  public static Around nothing() {
    return new Around(
        planner -> planner, reach -> reach, checks -> checks, context -> {}, Around::port);
  }

  public Around withPlanning(UnaryOperator<Planner> other) {
    return new Around(other, reaching, checking, observer, freePort);
  }

  public Around withReaching(UnaryOperator<Reach> other) {
    return new Around(planning, other, checking, observer, freePort);
  }

  /** Files go by loading alone: for tests of the shipped ones, which are checked elsewhere. */
  public Around withoutCheck() {
    return new Around(
        planning, reaching, checks -> (home, config) -> List.of(), observer, freePort);
  }

  public Around withChecking(UnaryOperator<Checks> other) {
    return new Around(planning, reaching, other, observer, freePort);
  }

  public Around withObserver(Consumer<CamelContext> other) {
    return new Around(planning, reaching, checking, other, freePort);
  }

  public Around withFreePort(IntSupplier other) {
    return new Around(planning, reaching, checking, observer, other);
  }

  /** Until it is opened, an outgoing connection may be given it. */
  private static int port() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
