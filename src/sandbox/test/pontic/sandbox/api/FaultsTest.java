package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each fault by the rows that it leaves. The scale is 0.01: the API's limit is 600 ms. */
@ExtendWith(SandboxDatabase.class)
class FaultsTest {

  @Test
  void busyIs429WithoutActing(@TimeScale(0.01) TestApi on) {
    String name = on.newName();
    on.api.faults().arm(Fault.of("elm", FaultKind.BUSY).lasting(Duration.ofSeconds(7)));
    var reply = create(on, name);
    assertEquals(429, reply.status());
    assertEquals("7", reply.header("Retry-After").orElseThrow());
    assertEquals(0, people(on, name));
    assertEquals(201, create(on, name).status());
    assertEquals(1, people(on, name));
  }

  @Test
  void slowActsOnlyAfterItsTime(@TimeScale(0.2) TestApi on) throws Exception {
    String name = on.newName();
    on.api.faults().arm(Fault.of("elm", FaultKind.SLOW).lasting(Duration.ofMillis(400)));
    long before = System.nanoTime();
    var reply = on.later("POST", "/patients", person(name), OpenDentalApi.ELM_KEY);
    on.api.requests().await(entry -> entry.fault().isPresent(), Duration.ofSeconds(600));
    assertEquals(0, people(on, name));
    assertEquals(201, reply.get(600, TimeUnit.SECONDS).status());
    assertTrue(System.nanoTime() - before >= TimeUnit.MILLISECONDS.toNanos(400));
    assertEquals(1, people(on, name));
  }

  @Test
  void hangNeverAnswersUntilClearedAndDoesNotAct(@TimeScale(0.01) TestApi on) throws Exception {
    String name = on.newName();
    on.api.faults().arm(Fault.of("elm", FaultKind.HANG));
    var hanging = on.later("POST", "/patients", person(name), OpenDentalApi.ELM_KEY);
    on.api.requests().await(entry -> entry.status().equals("hung"), Duration.ofSeconds(600));
    assertEquals(201, create(on, on.newName()).status(), "the next request is not held");
    assertFalse(hanging.isDone());
    on.api.faults().clear("oak");
    assertFalse(hanging.isDone());
    on.api.faults().clear("elm");
    broken(hanging);
    assertEquals(0, people(on, name));
  }

  @Test
  void landsAtClearIs504AndActsWhenCleared(@TimeScale(0.01) TestApi on) {
    String name = on.newName();
    on.api.faults().arm(Fault.of("elm", FaultKind.LANDS_AT_CLEAR));
    assertEquals(504, create(on, name).status());
    assertEquals(0, people(on, name));
    on.api.faults().clear();
    assertEquals(1, people(on, name));
  }

  @Test
  void aPageOrAnAnswerWithoutKeyTellsNothingOfTheEffect(@TimeScale(0.01) TestApi on) {
    for (FaultKind kind : List.of(FaultKind.PAGE_404, FaultKind.PAGE_200, FaultKind.KEYLESS_201)) {
      String name = on.newName();
      on.api.faults().arm(Fault.of("elm", kind));
      var reply = create(on, name);
      assertEquals(
          kind == FaultKind.PAGE_404 ? 404 : kind == FaultKind.PAGE_200 ? 200 : 201,
          reply.status());
      assertTrue(reply.header("Location").isEmpty());
      assertEquals(kind == FaultKind.PAGE_404 ? 0 : 1, people(on, name));
    }
  }

  @Test
  void timeoutBeforeIs504AtTheLimitWithoutActing(@TimeScale(0.01) TestApi on) {
    String name = on.newName();
    on.api.faults().arm(Fault.of("elm", FaultKind.TIMEOUT_BEFORE));
    long before = System.nanoTime();
    assertEquals(504, create(on, name).status());
    assertTrue(System.nanoTime() - before >= TimeUnit.MILLISECONDS.toNanos(590));
    assertEquals(0, people(on, name));
    assertEquals(201, create(on, name).status());
  }

  @Test
  void timeoutAfterActsOnceAndIs504AtTheLimit(@TimeScale(0.01) TestApi on) {
    String name = on.newName();
    on.api.faults().arm(Fault.of("elm", FaultKind.TIMEOUT_AFTER));
    long before = System.nanoTime();
    assertEquals(504, create(on, name).status());
    assertTrue(System.nanoTime() - before >= TimeUnit.MILLISECONDS.toNanos(590));
    assertEquals(1, people(on, name));
  }

  @Test
  void dropBeforeClosesWithoutActing(@TimeScale(0.01) TestApi on) throws Exception {
    String name = on.newName();
    on.api.faults().arm(Fault.of("elm", FaultKind.DROP_BEFORE));
    broken(on.later("POST", "/patients", person(name), OpenDentalApi.ELM_KEY));
    assertEquals(0, people(on, name));
    assertEquals("dropped", on.api.requests().list("elm").get(0).status());
    assertEquals(201, create(on, name).status());
  }

  @Test
  void dropAfterLeavesExactlyOneRow(@TimeScale(0.01) TestApi on) throws Exception {
    long appointment = on.newAppointment(on.newPatient(), "2031-08-01 10:00:00");
    String name = on.newName();
    on.api.faults().arm(Fault.of("elm", FaultKind.DROP_AFTER).times(2));
    broken(on.later("POST", "/patients", person(name), OpenDentalApi.ELM_KEY));
    assertEquals(1, people(on, name));
    broken(
        on.later(
            "PUT",
            "/appointments/" + appointment + "/Note",
            "{\"Note\":\"x\"}",
            OpenDentalApi.ELM_KEY));
    assertEquals(
        "x", on.one("select Note from appointment where AptNum = ?", appointment).text("Note"));
    assertEquals(
        2, on.rows("select 1 as x from histappointment where AptNum = ?", appointment).size());
  }

  @Test
  void landsLateIs504AndWritesAfterwards(@TimeScale(0.01) TestApi on) throws Exception {
    for (boolean immediate : new boolean[] {false, true}) {
      String name = on.newName();
      Fault fault =
          Fault.of("elm", FaultKind.LANDS_LATE)
              .on("POST", "/patients")
              .lasting(Duration.ofMillis(700));
      on.api.faults().arm(immediate ? fault.answeringAtOnce() : fault);
      on.api.requests().clear();
      long before = System.nanoTime();
      assertEquals(504, create(on, name).status());
      assertTrue(immediate || System.nanoTime() - before >= TimeUnit.MILLISECONDS.toNanos(590));
      assertEquals(0, people(on, name));
      assertEquals(
          200, on.get("/patients/Simple?LName=" + name).status(), "the lane is free meanwhile");
      var entry =
          on.api
              .requests()
              .await(
                  one -> one.method().equals("POST") && one.landed().isPresent(),
                  Duration.ofSeconds(600));
      assertTrue(entry.landed().getAsLong() - entry.end().getAsLong() >= 690, "landed too soon");
      assertEquals(1, people(on, name));
    }
  }

  @Test
  void whatLandsLateStillLandsAfterTheFaultsAreCleared(@TimeScale(0.01) TestApi on)
      throws Exception {
    String name = on.newName();
    on.api
        .faults()
        .arm(
            Fault.of("elm", FaultKind.LANDS_LATE)
                .lasting(Duration.ofMillis(500))
                .answeringAtOnce());
    create(on, name);
    on.api.faults().clear();
    on.api.requests().await(entry -> entry.landed().isPresent(), Duration.ofSeconds(600));
    assertEquals(1, people(on, name));
  }

  @Test
  void anOfflineOfficeIs400InRemoteModeAndAClosedSocketOtherwise(@TimeScale(0.01) TestApi on)
      throws Exception {
    String name = on.newName();
    on.api.faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    for (int i = 0; i < 2; i++) {
      var reply = create(on, name);
      assertEquals(400, reply.status());
      assertEquals(Visit.UNREACHABLE, reply.json().textValue());
    }
    assertEquals(200, on.getOak("/securityperms").status());
    on.api.change("elm", settings -> settings.withMode(Mode.SERVICE));
    broken(on.later("POST", "/patients", person(name), OpenDentalApi.ELM_KEY));
    on.api.faults().clear("elm");
    assertEquals(0, people(on, name));
    assertEquals(201, create(on, name).status());
  }

  @Test
  void offlineForSecondsEndsByItself(@TimeScale(0.01) TestApi on) throws Exception {
    on.api.faults().arm(Fault.of("elm", FaultKind.OFFLINE).lasting(Duration.ofMillis(300)));
    assertEquals(400, on.get("/securityperms").status());
    CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(310, TimeUnit.MILLISECONDS))
        .get(600, TimeUnit.SECONDS);
    assertEquals(200, on.get("/securityperms").status());
    assertTrue(on.api.faults().list().isEmpty());
  }

  @Test
  void anUnclear400ActsOnlyIfItIsToldTo(@TimeScale(0.01) TestApi on) {
    for (var text :
        Map.of(FaultKind.UNKNOWN_400, Visit.UNDOCUMENTED, FaultKind.AWAY_400, Visit.AWAY)
            .entrySet()) {
      String name = on.newName();
      on.api.faults().arm(Fault.of("elm", text.getKey()));
      on.api.faults().arm(Fault.of("elm", text.getKey()).acting());
      assertEquals(400, create(on, name).status());
      assertEquals(0, people(on, name));
      var reply = create(on, name);
      assertEquals(400, reply.status());
      assertEquals(text.getValue(), reply.json().textValue());
      assertEquals(1, people(on, name));
    }
  }

  @Test
  void aFaultTakesOnlyMatchingRequestsAfterTheFirstFew(@TimeScale(0.01) TestApi on) {
    long patient = on.newPatient();
    on.api.faults().arm(Fault.of("elm", FaultKind.BUSY).on("PUT", "/patients/*").after(2).times(1));
    String city = "{\"City\":\"Salem\"}";
    assertEquals(200, on.get("/patients/" + patient).status());
    assertEquals(200, on.put("/patients/" + patient, city).status());
    assertEquals(1, on.api.faults().list().get(0).toPass());
    assertEquals(201, create(on, on.newName()).status());
    assertEquals(200, on.put("/patients/" + patient, city).status());
    assertEquals(429, on.put("/patients/" + patient, city).status());
    assertEquals(200, on.put("/patients/" + patient, city).status());
    assertTrue(on.api.faults().list().isEmpty());
  }

  @Test
  void aRefusedRequestDoesNotUseUpAFault(@TimeScale(0.01) TestApi on) {
    on.api.faults().arm(Fault.of("elm", FaultKind.BUSY));
    assertEquals(404, on.get("/toothbrushes").status());
    assertEquals(429, on.get("/securityperms").status());
  }

  private static TestApi.Reply create(TestApi on, String name) {
    return on.post("/patients", person(name));
  }

  private static String person(String name) {
    return "{\"LName\":\"" + name + "\",\"FName\":\"Ada\"}";
  }

  private static int people(TestApi on, String name) {
    return on.rows("select 1 as x from patient where LName = ?", name).size();
  }

  private static void broken(CompletableFuture<TestApi.Reply> reply) {
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> reply.get(600, TimeUnit.SECONDS));
    assertTrue(failed.getCause() instanceof IOException, failed.toString());
  }
}
