package pontic.proof;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.accept.FhirPart;
import pontic.lane.LaneStep;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.understand.Understanding;

/**
 * In a process that will be killed: holds what comes to its aim. From then on its practice takes up
 * nothing more, so that it still is there when the kill comes. Says {@code proof:held N}.
 */
final class AtAims {
  /** The aims that nothing has come to yet. */
  private final Map<Integer, Aim> open = new ConcurrentHashMap<>();

  private final Map<Integer, Aim> held = new ConcurrentHashMap<>();
  private volatile Store store;

  AtAims(List<Aim> aims) {
    aims.forEach(aim -> open.put(aim.number(), aim));
  }

  /** What messages and requests are about, the store knows. */
  void lookInto(Store opened) {
    store = opened;
  }

  boolean areNone() {
    return open.isEmpty() && held.isEmpty();
  }

  /** True if nothing more of this practice is to be taken up. */
  boolean holds(String practice) {
    return held.values().stream().anyMatch(aim -> aim.practice().equals(practice));
  }

  /** Of those at this step the one that this exchange comes to, looked at before the step. */
  Optional<Aim> before(String step, Exchange exchange) {
    return first(
        aim -> aim.step().equals(step),
        aim ->
            switch (step) {
              case "understand-claim" -> aim.isBefore() && isNextToRead(aim, exchange);
              case "call-claim" -> aim.isBefore() && isNextInLane(aim, exchange);
              case "understand-identify" -> isOf(aim, exchange);
              case "call-http", "call-outcome" ->
                  exchange.getProperty("step") instanceof LaneStep lane && isOf(aim, lane);
              default -> carries(aim, exchange);
            });
  }

  /** Likewise, for steps that only know afterwards what they are about. */
  Optional<Aim> after(String step, Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    return first(
        aim -> aim.step().equals(step) && !aim.isBefore(),
        aim ->
            switch (step) {
              case "understand-claim" -> isOf(aim, exchange);
              case "call-claim" -> body instanceof LaneStep lane && isOf(aim, lane);
              default -> false;
            });
  }

  private Optional<Aim> first(Predicate<Aim> there, Predicate<Aim> meant) {
    return open.values().stream().filter(there).filter(meant).findFirst();
  }

  /** Does not come back, nor for a second token that came as far at the same time. */
  void hold(Aim aim) {
    if (held.put(aim.number(), aim) == null) {
      open.remove(aim.number());
      System.out.println("proof:held " + aim.number());
    }
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean carries(Aim aim, Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    if (body instanceof byte[] frame) {
      return new String(frame, StandardCharsets.ISO_8859_1).contains("|" + aim.control() + "|");
    }
    return body instanceof List<?> parts
        && parts.stream()
            .anyMatch(
                part -> part instanceof FhirPart fhir && fhir.requestId().equals(aim.control()));
  }

  private boolean isOf(Aim aim, Exchange exchange) {
    return exchange.getMessage().getBody() instanceof Understanding read
        && is(
            tx ->
                tx.sql("select count(*) from message where id = :id and control_id = :control")
                    .param("id", read.messageId())
                    .param("control", aim.control()));
  }

  /** The request is of its message, and of its write unless it only plans. */
  private boolean isOf(Aim aim, LaneStep lane) {
    return lane.practice().equals(aim.practice())
        && lane.purpose().equals(aim.point().purpose())
        && is(
            tx ->
                tx.sql(
                        """
                        select count(*) from call c
                        join work w on w.id = c.work_id
                        join message m on m.id = w.message_id
                        left join call p on p.id = c.parent_id
                        where c.id = :id and m.control_id = :control
                          and ((c.purpose = 'call' and c.name = :write)
                            or (c.purpose = 'settle' and p.name = :write)
                            or (c.purpose = 'plan' and not exists
                              (select 1 from call k where k.work_id = c.work_id and k.name = :write)))
                        """)
                    .param("id", lane.callId())
                    .param("control", aim.control())
                    .param("write", aim.write()));
  }

  private boolean isNextToRead(Aim aim, Exchange exchange) {
    return aim.practice().equals(exchange.getMessage().getHeader("practice"))
        && is(
            tx ->
                tx.sql(
                        """
                        select count(*) from message where control_id = :control and practice = :practice
                          and seq = (select min(o.seq) from message o
                                     where o.practice = :practice and o.state = 'accepted')
                        """)
                    .param("control", aim.control())
                    .param("practice", aim.practice()));
  }

  /** The lane is free for its work, whose writes before have landed and which has not begun. */
  private boolean isNextInLane(Aim aim, Exchange exchange) {
    return aim.practice().equals(exchange.getMessage().getHeader("practice"))
        && is(
            tx ->
                tx.sql(
                        """
                        select count(*) from work w
                        join message m on m.id = w.message_id
                        join lane l on l.practice = w.practice
                        where m.control_id = :control and w.practice = :practice
                          and w.state = 'waiting' and w.due_at <= :now and l.next_at <= :now
                          and not exists (select 1 from work o
                            where o.practice = w.practice and o.state = 'waiting' and o.due_at <= :now
                              and (o.rank < w.rank or (o.rank = w.rank and o.seq < w.seq)))
                          and not exists (select 1 from call k
                            where k.work_id = w.id and k.name = :write)
                          and (select count(distinct k.name) from call k
                            where k.work_id = w.id and k.state = 'landed' and k.name in (:before)) = :many
                        """)
                    .param("control", aim.control())
                    .param("practice", aim.practice())
                    .param("write", aim.write())
                    .param("before", aim.before().isEmpty() ? List.of("") : aim.before())
                    .param("many", aim.before().size())
                    .param("now", tx.now().toEpochMilli()));
  }

  private boolean is(Function<Transaction, JdbcClient.StatementSpec> asked) {
    return store.read(tx -> asked.apply(tx).query(Long.class).single()) > 0;
  }
}
