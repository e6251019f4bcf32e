package pontic.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Connections that send HL7 v2 by MLLP, each the next message when the last one is answered AA. */
final class Senders {
  private static final char BEGIN = 0x0b;
  private static final char END = 0x1c;
  private static final double NANOS = 1e9;

  /** A control id is used once in the life of this process, or it would be a repetition. */
  private static final String FIRST = Long.toString(System.nanoTime(), 36);

  private final String template;
  private final double seconds;
  private final AtomicLong sent = new AtomicLong();

  /**
   * @param template a message with {@code %s} for its control id
   * @param seconds of sending
   */
  Senders(String template, double seconds) {
    this.template = template;
    this.seconds = seconds;
  }

  /**
   * What was answered.
   *
   * @param millis of each answer
   * @param processorMicros of the whole process for a message, senders included
   */
  record Answered(double perSecond, Spread millis, double processorMicros) {}

  Answered send(int port, int connections) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    try {
      long processor = processorNanos();
      long begin = System.nanoTime();
      long until = begin + (long) (seconds * NANOS);
      List<Callable<List<Double>>> all = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        all.add(() -> one(port, until));
      }
      List<Double> millis = new ArrayList<>();
      for (Future<List<Double>> each : threads.invokeAll(all)) {
        millis.addAll(each.get());
      }
      return new Answered(
          millis.size() / ((System.nanoTime() - begin) / NANOS),
          new Spread(millis),
          (processorNanos() - processor) / 1e3 / millis.size());
    } finally {
      threads.shutdownNow();
    }
  }

  /** Of the whole process since it started. */
  static long processorNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private List<Double> one(int port, long until) throws IOException {
    List<Double> millis = new ArrayList<>();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      InputStream in = new BufferedInputStream(socket.getInputStream());
      do {
        String id = FIRST + "-" + sent.incrementAndGet();
        byte[] message = template.formatted(id).getBytes(StandardCharsets.UTF_8);
        long begin = System.nanoTime();
        out.write(BEGIN);
        out.write(message);
        out.write(END);
        out.write('\r');
        out.flush();
        String answer = answer(in);
        if (!answer.contains("MSA|AA|" + id)) {
          throw new IOException("not accepted: " + answer.replace('\r', ' '));
        }
        millis.add((System.nanoTime() - begin) / 1e6);
      } while (System.nanoTime() < until);
    }
    return millis;
  }

  private static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int last = -1;
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (last == END && next == '\r') {
        return bytes.toString(StandardCharsets.UTF_8);
      }
      bytes.write(next);
      last = next;
    }
    throw new IOException("closed without an answer");
  }
}
