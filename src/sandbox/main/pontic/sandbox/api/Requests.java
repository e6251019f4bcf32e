package pontic.sandbox.api;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Every request that arrived, without keys, values or patient data; the oldest are forgotten beyond
 * the capacity.
 */
public final class Requests {

  /**
   * One request.
   *
   * @param number counts up from 1 in order of arrival
   * @param arrival epoch milliseconds
   * @param end epoch milliseconds just before the answer's last byte, or when the socket was
   *     closed; empty while open
   * @param practice id of the key's practice; empty when the key is unknown
   * @param method HTTP verb
   * @param template path template such as /patients/{id}; "unknown" when there is no such method
   * @param status HTTP status, "dropped", "hung" or "open"
   * @param fault fault that it ran into, by its name on the wire
   * @param landed epoch milliseconds at which its effect was complete; empty when it has not acted
   * @param fields names of the body's fields, without their values; empty until it has acted
   * @param periodMillis interval that Remote mode demands after its answer, or its longer
   *     Retry-After; 0 in the other modes
   */
  public record Entry(
      long number,
      long arrival,
      OptionalLong end,
      Optional<String> practice,
      String method,
      String template,
      String status,
      Optional<String> fault,
      OptionalLong landed,
      List<String> fields,
      long periodMillis) {}

  /**
   * A request of a key that came too early.
   *
   * @param before the request whose answer it should have waited for
   * @param early the request that came too early
   * @param millis by how much
   */
  public record Violation(Entry before, Entry early, long millis) {}

  static final class Ticket {
    private final long number;
    private final long arrival;
    private final String method;
    private String template = "unknown";
    private Optional<String> practice = Optional.empty();
    private OptionalLong end = OptionalLong.empty();
    private OptionalLong landed = OptionalLong.empty();
    private String status = "open";
    private Optional<String> fault = Optional.empty();
    private List<String> fields = List.of();
    private long periodMillis;

    private Ticket(long number, long arrival, String method) {
      this.number = number;
      this.arrival = arrival;
      this.method = method;
    }

    private Entry entry() {
      return new Entry(
          number,
          arrival,
          end,
          practice,
          method,
          template,
          status,
          fault,
          landed,
          fields,
          periodMillis);
    }
  }

  private final int capacity;
  private final Duration limit;
  private final Deque<Ticket> tickets = new ArrayDeque<>();
  private long last;

  /**
   * @param limit how long the API works on a request at most
   */
  Requests(int capacity, Duration limit) {
    this.capacity = capacity;
    this.limit = limit;
  }

  /** All entries still kept, in order of arrival. */
  public synchronized List<Entry> list() {
    return tickets.stream().map(Ticket::entry).toList();
  }

  /** Entries of one practice, in order of arrival. */
  public List<Entry> list(String practice) {
    return list().stream().filter(entry -> entry.practice().equals(Optional.of(practice))).toList();
  }

  public synchronized void clear() {
    tickets.clear();
  }

  /**
   * Waits until a kept or coming request is as wanted.
   *
   * @throws TimeoutException when none was within the time
   */
  public synchronized Entry await(Predicate<Entry> wanted, Duration longest)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (true) {
      Optional<Entry> found = tickets.stream().map(Ticket::entry).filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new TimeoutException("no such request within " + longest);
      }
      wait(left);
    }
  }

  /**
   * Pairs in which a request of a Remote key arrived before the latest response of that key plus
   * its period or Retry-After. At the API's limit a request counts as over, whether it was hung and
   * has no response or this office was too slow to keep its own limit.
   *
   * @param toleranceMillis how much too early is still fair
   */
  public List<Violation> violations(long toleranceMillis) {
    List<Violation> found = new ArrayList<>();
    Map<String, Entry> latest = new HashMap<>();
    for (Entry entry : list()) {
      if (entry.practice().isEmpty() || entry.periodMillis() == 0) {
        continue;
      }
      String practice = entry.practice().get();
      Entry before = latest.get(practice);
      if (before != null) {
        long free = endOf(before) + before.periodMillis();
        if (entry.arrival() + toleranceMillis < free) {
          found.add(new Violation(before, entry, free - entry.arrival()));
        }
      }
      if (before == null || endOf(entry) >= endOf(before)) {
        latest.put(practice, entry);
      }
    }
    return found;
  }

  private long endOf(Entry entry) {
    long atMost = entry.arrival() + limit.toMillis();
    return entry.status().equals("hung") ? atMost : Math.min(atMost, entry.end().orElse(atMost));
  }

  synchronized Ticket open(String method) {
    last++;
    Ticket ticket = new Ticket(last, System.currentTimeMillis(), method);
    tickets.add(ticket);
    if (tickets.size() > capacity) {
      tickets.remove();
    }
    return ticket;
  }

  synchronized void known(Ticket ticket, String practice, String template, long periodMillis) {
    ticket.practice = Optional.of(practice);
    ticket.template = template;
    ticket.periodMillis = periodMillis;
    notifyAll();
  }

  synchronized void fault(Ticket ticket, FaultKind kind) {
    ticket.fault = Optional.of(kind.wireName());
    notifyAll();
  }

  synchronized void hung(Ticket ticket) {
    ticket.status = "hung";
    notifyAll();
  }

  synchronized void ended(Ticket ticket, String status) {
    if (!ticket.status.equals("hung")) {
      ticket.status = status;
    }
    ticket.end = OptionalLong.of(System.currentTimeMillis());
    notifyAll();
  }

  synchronized void retryAfter(Ticket ticket, Duration pause) {
    if (ticket.periodMillis > 0) {
      ticket.periodMillis = Math.max(ticket.periodMillis, pause.toMillis());
    }
  }

  synchronized void fields(Ticket ticket, List<String> names) {
    ticket.fields = names;
  }

  synchronized void landed(Ticket ticket) {
    ticket.landed = OptionalLong.of(System.currentTimeMillis());
    notifyAll();
  }
}
