package pontic.proof;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import pontic.house.House;
import pontic.sandbox.api.OpenDentalApi;
import pontic.sandbox.hospital.MllpSender;

/**
 * The hospital's interface engine towards one practice: one connection, in order, and whatever was
 * not acknowledged is sent again with the same bytes until it is.
 */
final class Engine implements AutoCloseable {
  private static final long PAUSE_NANOS = 50_000_000;
  private static final long LONGEST_NANOS = 600_000_000_000L;

  private final Load load;
  private final int port;
  private final OpenDentalApi api;
  private final Runnable acknowledged;
  private final AtomicInteger sentAgain = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger released = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private volatile boolean ended;
  private final Thread thread = new Thread(this::run, "engine");

  /**
   * @param acknowledged told after each AA or CA that was read
   */
  Engine(Load load, int port, OpenDentalApi api, Runnable acknowledged) {
    this.load = load;
    this.port = port;
    this.api = api;
    this.acknowledged = acknowledged;
    thread.setDaemon(true);
    thread.start();
  }

  /** Lets the first so many messages go. */
  void release(int messages) {
    released.set(messages);
    LockSupport.unpark(thread);
  }

  /** Lets one more than before go. */
  void releaseOneMore() {
    release(released.get() + 1);
  }

  boolean finished() {
    if (failure.get() != null) {
      throw new AssertionError("the hospital failed", failure.get());
    }
    return done.get() == load.messages().size();
  }

  int sentAgain() {
    return sentAgain.get();
  }

  private void run() {
    try {
      for (Load.Message message : load.messages()) {
        while (!ended && released.get() <= done.get()) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (ended) {
          return;
        }
        message.faults().forEach(api.faults()::arm);
        deliver(message);
        done.incrementAndGet();
      }
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  private MllpSender connection;

  private void deliver(Load.Message message) throws IOException {
    long deadline = System.nanoTime() + LONGEST_NANOS;
    boolean sent = false;
    while (!ended) {
      try {
        if (connection == null) {
          connection = new MllpSender("127.0.0.1", port, 60_000);
        }
        if (sent) {
          sentAgain.incrementAndGet();
        }
        sent = true;
        String answer = House.acknowledgement(connection.ask(message.bytes()));
        // CA where it will be told how the message ends.
        if (answer.equals("AA") || answer.equals("CA")) {
          acknowledged.run();
          return;
        }
        if (!answer.equals("AE") && !answer.equals("CE")) {
          throw new AssertionError(message.controlId() + " was answered " + answer);
        }
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        hangUp();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void hangUp() throws IOException {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  @Override
  public void close() throws Exception {
    ended = true;
    thread.join(15_000);
    hangUp();
  }
}
