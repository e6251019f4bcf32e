package pontic.sandbox.hospital;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ServerSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MLLP listener at the hospital that keeps every frame with its arrival and its answer. It
 * answers AA, or fails as it is told.
 */
public final class HospitalMllp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HospitalMllp.class);
  private static final int START = 0x0B;
  private static final int END = 0x1C;
  private static final int LARGEST_FRAME = 16 * 1024 * 1024;

  /**
   * A frame that came.
   *
   * @param bytes what stood between the frame's marks
   * @param at when the last of them came
   * @param answer AA, AE, AR, or {@code none}
   * @param fault the fault that it ran into, such as ack-late
   */
  public record Frame(byte[] bytes, Instant at, String answer, Optional<String> fault) {

    public Hl7Message message() {
      return Hl7Message.of(bytes);
    }
  }

  private final int port;
  private final ServerSocketFactory sockets;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final List<Frame> frames = new ArrayList<>();
  private final PeerFaults<MllpFault> faults = new PeerFaults<>(MllpFault::count);
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(work -> thread("hospital-mllp-clock", work));
  private ServerSocket listener;

  private HospitalMllp(ServerSocket listener, ServerSocketFactory sockets) {
    this.sockets = sockets;
    this.port = listener.getLocalPort();
    this.listener = listener;
    thread("hospital-mllp-accept", () -> accept(listener)).start();
  }

  /**
   * @param port on loopback; 0 takes a free one
   * @throws UncheckedIOException if the port is taken
   */
  public static HospitalMllp start(int port) {
    return start(port, ServerSocketFactory.getDefault());
  }

  /**
   * @param sockets those of TLS, or plain ones
   */
  public static HospitalMllp start(int port, ServerSocketFactory sockets) {
    return new HospitalMllp(listen(port, sockets), sockets);
  }

  public int port() {
    return port;
  }

  /** What came so far, in the order of arrival. */
  public List<Frame> frames() {
    synchronized (frames) {
      return List.copyOf(frames);
    }
  }

  /** What came so far and fits: {@code frames(m -> m.has("SCH", 2, "elm-appointment-3"))}. */
  public List<Frame> frames(Predicate<Hl7Message> fits) {
    return frames().stream().filter(frame -> fits.test(frame.message())).toList();
  }

  /** All frames with this MSH-10. */
  public List<Frame> withControlId(String controlId) {
    return frames(message -> message.controlId().equals(controlId));
  }

  /** All frames of a trigger such as {@code SIU^S12}. */
  public List<Frame> withTrigger(String trigger) {
    return frames(message -> message.trigger().equals(trigger));
  }

  /** Waits on arrivals until there are this many frames or the time is over; returns what came. */
  public List<Frame> await(int count, Duration limit) throws InterruptedException {
    return await(count, any -> true, limit);
  }

  /** As {@link #await(int, Duration)}, of the frames that fit. */
  public List<Frame> await(int count, Predicate<Hl7Message> fits, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    synchronized (frames) {
      while (frames(fits).size() < count && System.nanoTime() < end) {
        frames.wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      }
      return frames(fits);
    }
  }

  /**
   * Arms a fault; down begins at once, hang with the next connection or the next frame of one that
   * is open, the others with the next message that fits.
   *
   * @return its id
   */
  public long arm(MllpFault fault) {
    long id = faults.arm(fault);
    if (fault.kind() == MllpFaultKind.DOWN) {
      goDown();
      if (!fault.time().isZero()) {
        clock.schedule(() -> up(id), fault.time().toNanos(), TimeUnit.NANOSECONDS);
      }
    }
    return id;
  }

  /**
   * Takes every fault back: the port is open again, connections that hang are closed. Late answers
   * still go out.
   */
  public void clear() {
    faults.clear();
    comeBack();
  }

  /** How many faults are armed and not used up. */
  public int faultsLeft() {
    return faults.list().size();
  }

  /** Closes the port and every connection; what is kept stays. Nothing if it is down already. */
  public synchronized void goDown() {
    closeQuietly(listener);
    new LoopbackPort(port).awaitRefusal();
    connections.forEach(HospitalMllp::closeQuietly);
  }

  /** Listens again at the same port. Nothing if it listens. */
  public synchronized void comeBack() {
    if (listener.isClosed()) {
      ServerSocket next = listen(port, sockets);
      listener = next;
      thread("hospital-mllp-accept", () -> accept(next)).start();
    }
  }

  @Override
  public synchronized void close() {
    clock.shutdownNow();
    faults.clear();
    goDown();
  }

  List<PeerFaults.Armed<MllpFault>> armed() {
    return faults.list();
  }

  private void up(long fault) {
    if (faults.disarm(fault)) {
      comeBack();
    }
  }

  private static ServerSocket listen(int port, ServerSocketFactory sockets) {
    try {
      ServerSocket listener = sockets.createServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return listener;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The hospital's MLLP listener could not start at port " + port, e);
    }
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket connection = from.accept();
        connections.add(connection);
        if (from.isClosed()) {
          // It came in while the port was being closed.
          closeQuietly(connection);
        }
        thread("hospital-mllp-connection", () -> serve(connection)).start();
      } catch (IOException e) {
        if (!from.isClosed()) {
          LOG.warn("The hospital's MLLP listener failed to accept a connection", e);
        }
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      if (hung()) {
        return;
      }
      InputStream in = new BufferedInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      while (skipToStart(in) && !hung()) {
        byte[] message = body(in);
        // What was read while the port went down was not taken.
        if (connection.isClosed() || !answer(message, out)) {
          return;
        }
      }
    } catch (IOException e) {
      LOG.debug("An MLLP connection to the hospital ended: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  /** True after a hang is over: the connection is to be closed. */
  private boolean hung() throws InterruptedException {
    Optional<PeerFaults.Taken<MllpFault>> hang =
        faults.take(fault -> fault.kind() == MllpFaultKind.HANG);
    if (hang.isPresent()) {
      hang.get().hang();
    }
    return hang.isPresent();
  }

  /** Keeps a message and answers it; false if the connection is to be closed. */
  private boolean answer(byte[] bytes, OutputStream out) throws IOException {
    Hl7Message message = Hl7Message.of(bytes);
    Optional<MllpFault> fault =
        faults.take(one -> one.matches(message)).map(PeerFaults.Taken::fault);
    if (fault.isEmpty()) {
      keep(bytes, "AA", fault);
      write(out, new Acknowledgement("AA", message.controlId(), "").to(message));
      return true;
    }
    switch (fault.get().kind()) {
      case AE, AR -> {
        String code = fault.get().kind().name();
        keep(bytes, code, fault);
        write(out, new Acknowledgement(code, message.controlId(), fault.get().text()).to(message));
      }
      case NO_ACK -> keep(bytes, "none", fault);
      case ACK_LATE -> {
        keep(bytes, "AA", fault);
        byte[] answer = new Acknowledgement("AA", message.controlId(), "").to(message);
        clock.schedule(
            () -> writeLate(out, answer), fault.get().time().toNanos(), TimeUnit.NANOSECONDS);
      }
      case WRONG_MSA -> {
        String other = otherThan(message.controlId());
        keep(bytes, "AA", fault);
        write(out, new Acknowledgement("AA", other, "").to(message));
      }
      case GARBAGE -> {
        keep(bytes, "garbage", fault);
        write(out, "OK\u0000|~ thanks".getBytes(StandardCharsets.UTF_8));
      }
      case DROP -> {
        keep(bytes, "none", fault);
        return false;
      }
      case DOWN, HANG -> throw new IllegalStateException("No message runs into this");
    }
    return true;
  }

  private void keep(byte[] bytes, String answer, Optional<MllpFault> fault) {
    synchronized (frames) {
      frames.add(new Frame(bytes, Instant.now(), answer, fault.map(one -> one.kind().wireName())));
      frames.notifyAll();
    }
  }

  /** The newest other control id that came, or one that nobody sent. */
  private String otherThan(String controlId) {
    return frames().stream()
        .map(frame -> frame.message().controlId())
        .filter(other -> !other.equals(controlId))
        .reduce((earlier, later) -> later)
        .orElse(controlId + "X");
  }

  private static void writeLate(OutputStream out, byte[] answer) {
    try {
      write(out, answer);
    } catch (IOException e) {
      LOG.debug("A late answer of the hospital found no listener: {}", e.getMessage());
    }
  }

  /** One frame in one write; a late answer must not cut into another. */
  private static void write(OutputStream out, byte[] answer) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(START);
    frame.writeBytes(answer);
    frame.write(END);
    frame.write('\r');
    synchronized (out) {
      out.write(frame.toByteArray());
      out.flush();
    }
  }

  private static boolean skipToStart(InputStream in) throws IOException {
    int next = in.read();
    while (next >= 0 && next != START) {
      next = in.read();
    }
    return next == START;
  }

  private static byte[] body(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int next = in.read(); next != END; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection closed inside a frame");
      }
      if (body.size() >= LARGEST_FRAME) {
        throw new IOException("a frame exceeds " + LARGEST_FRAME + " bytes");
      }
      body.write(next);
    }
    return body.toByteArray();
  }

  private static Thread thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("A socket of the hospital did not close: {}", e.getMessage());
    }
  }
}
