package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.hl7.Mllp;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.api.OpenDentalApi;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.MllpSender;

/**
 * What strangers and broken peers may do to the listeners of a running bundle, at their sockets.
 */
final class HostileTest {
  private static final AtomicInteger NUMBER = new AtomicInteger(41_000);
  private static final int MANY = 100;
  private static final int CONNECTIONS = 110;
  private static final int CROWD = 12;

  /** Of the façade's listener. */
  private static final int THREADS = 32;

  private static final int LARGEST = 1 << 20;

  /** Messages of one frame. */
  private static final int LARGEST_BATCH = 4500;

  /** Of all HL7 ports; two half frames of the largest kind are more than one sender may have. */
  private static final int ROOM = 4 << 20;

  private static final int LARGEST_BODY = 4 << 20;

  /**
   * So many of the largest that have not come to their end one client has held, 32 MiB together.
   */
  private static final int BODIES = 8;

  /** Bytes of what is refused at the door; sealed it is a third longer. */
  private static final int KEPT = 64 * 1024;

  private static final String MESSAGES = "select count(*) from message";
  private static final int LONGEST_MILLIS = 120_000;
  private static final String HINTS = "/hints/elm/Patient/";

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with("pontic.facade.wait-seconds", "0")
            .with("pontic.facade.header-seconds", "3")
            .with("pontic.facade.largest-body", Integer.toString(LARGEST_BODY))
            .with("pontic.hl7.connections", Integer.toString(CONNECTIONS))
            .with("pontic.hl7.frame-seconds", "20")
            .with("pontic.hl7.largest-frame", Integer.toString(LARGEST))
            .with("pontic.hl7.largest-batch", Integer.toString(LARGEST_BATCH))
            .with("pontic.hl7.room", Integer.toString(ROOM))
            .with("practices.elm.hints.enabled", "true")
            .with("practices.elm.hints.url", "http://127.0.0.1:1/hints/elm")
            .with("practices.elm.hints.workstations", "FRONT");
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void aHundredConnectionsAtOnceAreAnsweredEachForItself() throws Exception {
    List<Mllp> open = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    try {
      for (int i = 0; i < MANY; i++) {
        open.add(new Mllp(house.mllpPort("elm")));
        ids.add("HUNDRED-" + i);
      }
      // Interleaved: half a frame of each, then the other halves.
      for (int half = 0; half < 2; half++) {
        for (int i = 0; i < MANY; i++) {
          byte[] frame = Mllp.frame(update(ids.get(i)));
          int middle = frame.length / 2;
          open.get(i)
              .write(
                  half == 0
                      ? Arrays.copyOf(frame, middle)
                      : Arrays.copyOfRange(frame, middle, frame.length));
        }
      }
      for (int i = 0; i < MANY; i++) {
        String answer = new String(open.get(i).read(), StandardCharsets.UTF_8);
        assertTrue(answer.contains("MSA|AA|" + ids.get(i)), answer);
      }
    } finally {
      for (Mllp each : open) {
        each.close();
      }
    }
    house.untilAllEnded();
    assertEquals(
        MANY,
        house.ledger().count("select count(*) from message where control_id like 'HUNDRED-%'"));
  }

  @Test
  void whileManySendersGoOnSendingWhatTheySentIsUnderstood() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(CROWD);
    try {
      List<Future<Integer>> senders = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        int sender = i;
        senders.add(
            threads.submit(
                () -> {
                  int sent = 0;
                  try (Mllp own = new Mllp(house.mllpPort("elm"))) {
                    while (!enough.get()) {
                      String id = "CROWD-" + sender + "-" + sent++;
                      own.write(Mllp.frame(update(id)));
                      String answer = new String(own.read(), StandardCharsets.UTF_8);
                      assertTrue(answer.contains("MSA|AA|" + id), answer);
                    }
                  }
                  return sent;
                }));
      }
      try {
        House.until(
            "messages of the crowd are understood while it goes on",
            () ->
                senders.stream().anyMatch(Future::isDone)
                    || house
                            .ledger()
                            .count(
                                "select count(*) from message where control_id like 'CROWD-%' and state <> 'accepted'")
                        >= CROWD);
        assertTrue(senders.stream().noneMatch(Future::isDone), "all of them still send");
      } finally {
        enough.set(true);
      }
      int sent = 0;
      for (Future<Integer> sender : senders) {
        sent += sender.get();
      }
      house.untilAllEnded();
      assertEquals(
          sent,
          house.ledger().count("select count(*) from message where control_id like 'CROWD-%'"));
    } finally {
      threads.shutdownNow();
    }
  }

  /** Of nobody known nothing is written. */
  private static byte[] update(String controlId) {
    return Hospital.adt("A11", controlId, Patient.numbered(NUMBER.incrementAndGet()));
  }

  @Test
  void aFrameThatDoesNotEndCostsItsConnectionAndNobodyElse() throws Exception {
    try (Socket slow = socket(house.mllpPort("elm"))) {
      slow.getOutputStream().write(Arrays.copyOf(Mllp.frame(update("SLOW")), 40));
      house.accepted("elm", update("BESIDE-SLOW"));
      assertEquals(-1, slow.getInputStream().read(), "the slow one is closed without an answer");
    }
    assertEquals(0, house.ledger().count("select count(*) from message where control_id = 'SLOW'"));
  }

  @Test
  void aHalfFrameOfAPeerThatIsGoneIsNoMessage() throws Exception {
    try (Socket gone = socket(house.mllpPort("elm"))) {
      gone.getOutputStream().write(Arrays.copyOf(Mllp.frame(update("HALF")), 60));
      gone.shutdownOutput();
      assertEquals(-1, gone.getInputStream().read());
    }
    assertEquals(0, house.ledger().count("select count(*) from message where control_id = 'HALF'"));
  }

  @Test
  void aPeerThatOnlyStopsSendingStillReadsItsAnswer() throws Exception {
    try (Socket half = socket(house.mllpPort("elm"))) {
      half.getOutputStream().write(Mllp.frame(update("HALF-OPEN")));
      half.shutdownOutput();
      String answer = new String(half.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean answered = answer.contains("MSA|AA|HALF-OPEN");
      // Whoever hears nothing sends it again; what must not be is an answer without a message.
      long stored =
          house.ledger().count("select count(*) from message where control_id = 'HALF-OPEN'");
      assertTrue(!answered || stored == 1, answer);
      assertTrue(stored <= 1);
    }
  }

  @Test
  void anOversizeFrameIsAnsweredARAndCostsItsConnection() throws Exception {
    byte[] large = new byte[LARGEST + 1];
    Arrays.fill(large, (byte) 'x');
    byte[] head = update("LARGE");
    System.arraycopy(head, 0, large, 0, head.length);
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("elm"), LONGEST_MILLIS)) {
      assertEquals("AR", House.acknowledgement(sender.ask(large)));
    }
    assertEquals(
        0, house.ledger().count("select count(*) from message where control_id = 'LARGE'"));
  }

  /** Seven bytes each: its messages would be some hundred times as much memory as the frame. */
  @Test
  void aBatchOfMoreMessagesThanOneMayHaveIsOneRefusedMessageWithAShortAnswer() throws Exception {
    for (String part : List.of("MSH|^\r", "BHS|^\r")) {
      long before = house.ledger().count(MESSAGES);
      try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("elm"), LONGEST_MILLIS)) {
        byte[] answer =
            sender.ask(("FHS|^\r" + part.repeat(LARGEST / 7)).getBytes(StandardCharsets.US_ASCII));
        assertTrue(answer.length < 1000, "an answer of " + answer.length + " bytes");
        assertEquals("AR", House.acknowledgement(answer));
        assertTrue(
            new String(answer, StandardCharsets.US_ASCII)
                .contains("more than " + LARGEST_BATCH + " "),
            part);
        assertEquals(
            "AA", House.acknowledgement(sender.ask(update("AFTER-" + part.substring(0, 3)))));
      }
      assertEquals(before + 2, house.ledger().count(MESSAGES), part);
    }
    house.untilAllEnded();
  }

  /** Each would be a row, and another of the audit that stays for ever. */
  @Test
  void aBatchOfNobodyIsOneRefusedMessage() throws Exception {
    long before = house.ledger().count(MESSAGES);
    assertEquals(
        "AR",
        house.send(
            "elm", ("FHS|^\r" + "MSH|^\r".repeat(4000)).getBytes(StandardCharsets.US_ASCII)));
    assertEquals(before + 1, house.ledger().count(MESSAGES));
  }

  @Test
  void ofARefusedFrameTheBeginningIsKeptAndAllOfItSaysWhetherItComesAgain() throws Exception {
    byte[] frame = refused("REFUSED-LONG", LARGEST);
    byte[] other = frame.clone();
    other[LARGEST - 1] = 'y';
    for (byte[] each : List.of(frame, frame, other)) {
      assertEquals("AR", house.send("elm", each));
    }
    String of = " from message where control_id = 'REFUSED-LONG'";
    List<Map<String, Object>> rows =
        house
            .ledger()
            .rows(
                "select receipt_end, receipt_warnings, length(body) as kept"
                    + of
                    + " order by seq");
    assertEquals(
        List.of("refused", "duplicate of", "refused"),
        rows.stream().map(each -> each.get("receipt_end")).toList());
    for (int i : List.of(0, 2)) {
      String warnings = String.valueOf(rows.get(i).get("receipt_warnings"));
      assertTrue(
          warnings.contains("of its " + LARGEST + " bytes the first 65536 are kept"), warnings);
      long kept = ((Number) rows.get(i).get("kept")).longValue();
      assertTrue(kept > KEPT && kept < 2 * KEPT, "sealed " + kept);
    }
  }

  @Test
  void refusedMessagesOfOneFrameAreKeptTogetherNoLongerThanOne() throws Exception {
    StringBuilder batch = new StringBuilder("BHS|^~\\&|A|B\r");
    for (int i = 0; i < 16; i++) {
      batch
          .append(new String(refused("REFUSED-PART-" + i, LARGEST / 20), StandardCharsets.US_ASCII))
          .append('\r');
    }
    byte[] answer;
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("elm"), LONGEST_MILLIS)) {
      answer = sender.ask(batch.append("BTS|16\r").toString().getBytes(StandardCharsets.US_ASCII));
    }
    assertEquals(
        16,
        new String(answer, StandardCharsets.US_ASCII).split("\rMSA\\|AR\\|REFUSED-PART-").length
            - 1);
    String of = " from message where control_id like 'REFUSED-PART-%'";
    assertEquals(16, house.ledger().count("select count(*)" + of + " and receipt_end = 'refused'"));
    long kept = house.ledger().count("select sum(length(body))" + of);
    assertTrue(kept > KEPT && kept < 2 * KEPT, "sealed " + kept);
  }

  /** Of a sender who may, and a type that is not taken. */
  private static byte[] refused(String controlId, int length) {
    byte[] head = Hospital.message("ADT^A99", controlId, "NTE|1||");
    byte[] all = new byte[length];
    Arrays.fill(all, (byte) 'x');
    System.arraycopy(head, 0, all, 0, head.length);
    // The last segment goes on to the end.
    all[head.length - 1] = 'x';
    return all;
  }

  @Test
  void halfFramesOfOneSenderLeaveRoomForOthersAndTheRoomReturns() throws Exception {
    byte[] half = Arrays.copyOf(Mllp.frame(padded("HALF-ROOM")), LARGEST - 1);
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i <= ROOM / 2 / LARGEST; i++) {
        open.add(socket(house.mllpPort("elm")));
        write(open.get(i), half);
      }
      House.until("one of them is closed", () -> open.stream().anyMatch(HostileTest::hasEnded));
      house.accepted("elm", update("SMALL-BESIDE"));
      try (Socket other =
          new Socket(
              InetAddress.getLoopbackAddress(),
              house.mllpPort("oak"),
              InetAddress.getByAddress(new byte[] {127, 0, 0, 2}),
              0)) {
        other.setSoTimeout(LONGEST_MILLIS);
        MllpSender sender = new MllpSender(other, LONGEST_MILLIS);
        assertEquals("AA", House.acknowledgement(sender.ask(padded("LARGE-BESIDE"))));
      }
    } finally {
      for (Socket each : open) {
        each.close();
      }
    }
    House.until(
        "there is room again",
        () -> {
          try {
            return house.send("elm", padded("ROOM-AGAIN")).equals("AA");
          } catch (IOException closed) {
            return false;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    assertEquals(
        0, house.ledger().count("select count(*) from message where control_id = 'HALF-ROOM'"));
    assertTrue(
        house
            .metrics()
            .lines()
            .anyMatch(each -> each.matches("pontic_hl7_without_room_total [1-9].*")));
    house.untilAllEnded();
  }

  /** As long as the largest that is taken. */
  private static byte[] padded(String controlId) {
    byte[] head = update(controlId);
    byte[] all = new byte[LARGEST];
    Arrays.fill(all, (byte) 'x');
    System.arraycopy(head, 0, all, 0, head.length);
    byte[] note = "\rNTE|1||".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(note, 0, all, head.length, note.length);
    return all;
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException closed) {
      // There is room for some, not for all.
    }
  }

  @Test
  void oneConnectionTooManyIsClosedAndItsPlaceIsFreeAgainLater() throws Exception {
    List<SocketChannel> open = new ArrayList<>();
    try {
      oneTooMany(open, "");
      House.until("one of them is closed", () -> closed(open) > 0);
      assertEquals(1, closed(open));
    } finally {
      for (SocketChannel each : open) {
        each.close();
      }
    }
    House.until("there is room again", () -> isTaken("ROOM-" + NUMBER.incrementAndGet()));
  }

  @Test
  void whoKeepsAllConnectionsAndSaysNothingGivesWayToWhoSends() throws Exception {
    List<SocketChannel> open = new ArrayList<>();
    try {
      // Bytes between frames are no frame.
      oneTooMany(open, "x");
      House.until("all places are taken", () -> closed(open) == 1);
      String controlId = "SILENT-" + NUMBER.incrementAndGet();
      assertFalse(isTaken(controlId), "they are silent for a moment only");
      House.until("one of them gives way", () -> isTaken(controlId));
      assertTrue(closed(open) > 1);
    } finally {
      for (SocketChannel each : open) {
        each.close();
      }
    }
  }

  private static void oneTooMany(List<SocketChannel> open, String said) throws IOException {
    for (int i = 0; i <= CONNECTIONS; i++) {
      SocketChannel channel =
          SocketChannel.open(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), house.mllpPort("oak")));
      open.add(channel);
      channel.configureBlocking(false);
      channel.write(ByteBuffer.wrap(said.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  private static boolean isTaken(String controlId) {
    try {
      return house.send("oak", update(controlId)).equals("AA");
    } catch (IOException closed) {
      return false;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static long closed(List<SocketChannel> all) {
    return all.stream()
        .filter(
            each -> {
              try {
                return each.read(ByteBuffer.allocate(1)) < 0;
              } catch (IOException reset) {
                return true;
              }
            })
        .count();
  }

  @Test
  void linesBeforeABodyThatDoNotEndCostTheirConnection() throws Exception {
    try (Socket slow = socket(facadePort())) {
      slow.getOutputStream()
          .write(
              "POST /fhir/elm/Patient HTTP/1.1\r\nHost: x\r\nX-"
                  .getBytes(StandardCharsets.US_ASCII));
      assertEquals(-1, slow.getInputStream().read());
    }
  }

  @Test
  void linesBeforeABodyHaveABound() throws Exception {
    try (Socket socket = socket(facadePort())) {
      String head =
          "POST /fhir/elm/Patient HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(9_000) + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      assertTrue(first(socket.getInputStream()).contains(" 431 "));
    }
  }

  /** More than the listener has threads: who knows the key may be as broken as a stranger. */
  @Test
  void eventsThatAreStillComingHoldNoThreadTooLargeOnesAreRefusedAtOnceAndSlowOnesAreCut()
      throws Exception {
    List<Socket> coming = new ArrayList<>();
    try {
      House.until(
          "others are served beside them",
          () -> {
            try {
              return isServedBeside(coming);
            } catch (IOException | InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      try (Socket large = socket(facadePort())) {
        large.getOutputStream().write(event(9 << 20));
        assertTrue(status(large).startsWith("HTTP/1.1 413 "), "before a byte of it was sent");
      }
      // Byte after byte it would not be idle.
      Socket slow = coming.get(0);
      slow.setSoTimeout(LONGEST_MILLIS);
      House.until(
          "it is cut",
          () -> {
            try {
              slow.getOutputStream().write(' ');
              slow.getOutputStream().flush();
              return slow.getInputStream().available() > 0;
            } catch (IOException closed) {
              return true;
            }
          });
      assertTrue(status(slow).startsWith("HTTP/1.1 408 "), "it is told why");
    } finally {
      for (Socket each : coming) {
        each.close();
      }
    }
    House.until(
        "an event of two mebibytes is taken",
        () -> {
          try {
            return Fixture.request(
                        "POST",
                        "http://127.0.0.1:" + facadePort() + HINTS,
                        "[{\"PatNum\":1,\"Note\":\"" + "x".repeat(2 << 20) + "\"}]",
                        "Authorization",
                        OpenDentalApi.ELM_KEY)
                    .statusCode()
                == 200;
          } catch (IOException | InterruptedException notYet) {
            return false;
          }
        });
  }

  /** Whether somebody else is answered while none of those who would hold a thread has ended. */
  private static boolean isServedBeside(List<Socket> coming)
      throws IOException, InterruptedException {
    for (Socket each : coming) {
      each.close();
    }
    coming.clear();
    byte[] begun = new byte[1200 * 1024];
    Arrays.fill(begun, (byte) ' ');
    for (int i = 0; i < MANY; i++) {
      Socket socket = socket(facadePort());
      coming.add(socket);
      socket.getOutputStream().write(event(7 << 20));
      try {
        socket.getOutputStream().write(begun);
        socket.getOutputStream().flush();
      } catch (IOException refused) {
        // There is room for many, not for all.
      }
    }
    assertEquals(
        200,
        Fixture.request("GET", "http://127.0.0.1:" + facadePort() + "/fhir/elm/metadata", "")
            .statusCode());
    for (Socket socket : coming.subList(0, THREADS)) {
      if (hasEnded(socket)) {
        return false;
      }
    }
    return true;
  }

  /** Answered, or closed. */
  private static boolean hasEnded(Socket socket) {
    try {
      socket.setSoTimeout(20);
      socket.getInputStream().read();
      return true;
    } catch (SocketTimeoutException comesStill) {
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  private static byte[] event(int length) {
    return ("POST "
            + HINTS
            + " HTTP/1.1\r\nHost: x\r\nAuthorization: "
            + OpenDentalApi.ELM_KEY
            + "\r\nContent-Length: "
            + length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String status(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.getInputStream().read();
        next >= 0 && next != '\r';
        next = socket.getInputStream().read()) {
      line.append((char) next);
    }
    return line.toString();
  }

  /** A body of 6 MiB fits nowhere if it is kept; it is announced as longer than all of memory. */
  @Test
  void ofNobodysBodyNothingIsKeptAndTheRefusalCanBeRead() throws Exception {
    try (Socket socket = socket(facadePort())) {
      String head =
          "POST /fhir/elm/Patient HTTP/1.1\r\n"
              + "Host: x\r\n"
              + "Content-Type: application/fhir+json\r\n"
              + "Authorization: Bearer nobody\r\n"
              + "Content-Length: 6291456\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(new byte[6_291_456]);
      assertTrue(first(socket.getInputStream()).contains(" 401 "));
    }
  }

  /** Each is of a client that is known, as large as any may be, and lacks its last byte. */
  @Test
  void ofMoreLargeBodiesAtOnceThanThereIsRoomForOneIsToldSoAndNoneIsHalfTaken() throws Exception {
    String taken = "select count(*) from message where route = 'accept-fhir'";
    long before = house.ledger().count(taken);
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    byte[] body = new byte[LARGEST_BODY];
    Arrays.fill(body, (byte) ' ');
    byte[] resource = resource(patient).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(resource, 0, body, 0, resource.length);
    List<Socket> coming = new ArrayList<>();
    try {
      String told = "";
      while (told.isEmpty()) {
        assertTrue(coming.size() < 3 * BODIES, "there is room for all");
        Socket socket = socket(facadePort());
        coming.add(socket);
        try {
          socket.getOutputStream().write(announced(body.length));
          socket.getOutputStream().write(body, 0, body.length - 1);
          socket.getOutputStream().flush();
        } catch (IOException cut) {
          // It has its answer.
        }
        for (Socket each : coming) {
          told = told.isEmpty() && hasEnded(each) ? answer(each) : told;
        }
      }
      assertTrue(coming.size() > BODIES, "there is room for " + BODIES + ": " + coming.size());
      assertTrue(told.contains(" 503 ") && told.contains("OperationOutcome"), told);
      assertTrue(told.contains("too many come at once; send it again"), told);
    } finally {
      for (Socket each : coming) {
        each.close();
      }
    }
    assertEquals(before, house.ledger().count(taken));
    House.until(
        "there is room again",
        () -> {
          try {
            return Fixture.request(
                        "POST",
                        "http://127.0.0.1:" + facadePort() + "/fhir/elm/Patient",
                        new String(body, StandardCharsets.UTF_8),
                        "Content-Type",
                        "application/fhir+json",
                        "Authorization",
                        "Bearer ElmFacadeToken01")
                    .statusCode()
                == 202;
          } catch (IOException | InterruptedException notYet) {
            return false;
          }
        });
    house.untilAllEnded();
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  private static String resource(Patient patient) {
    return """
        {"resourceType": "Patient", "name": [{"family": "%s", "given": ["%s"]}], "birthDate": "%s"}
        """
        .formatted(
            patient.last(),
            patient.first(),
            patient.birth().replaceAll("(....)(..)(..)", "$1-$2-$3"));
  }

  private static byte[] announced(int length) {
    return ("POST /fhir/elm/Patient HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n"
            + "Authorization: Bearer ElmFacadeToken01\r\nContent-Length: "
            + length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** All of it that tells why: the rest of the connection is the peer's affair. */
  private static String answer(Socket socket) throws IOException {
    socket.setSoTimeout(LONGEST_MILLIS);
    StringBuilder text = new StringBuilder();
    int next = 0;
    while (next >= 0 && !text.toString().endsWith("]}")) {
      next = socket.getInputStream().read();
      text.append(next < 0 ? "" : String.valueOf((char) next));
    }
    return text.toString();
  }

  @Test
  void ofMutatedFramesEachIsAnsweredAndEachThatIsTakenHasOneEnd() throws Exception {
    List<byte[]> samples = samples();
    Random random = new Random(7);
    long before = house.ledger().count("select count(*) from message");
    int messages = 0;
    for (int i = 0; i < 120; i++) {
      byte[] frame = mutated(samples.get(random.nextInt(samples.size())).clone(), random);
      try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("elm"), LONGEST_MILLIS)) {
        String answer = new String(sender.ask(frame), StandardCharsets.UTF_8);
        assertTrue(answer.contains("MSA") || answer.contains("BHS"), answer);
        messages++;
      }
    }
    assertTrue(house.ledger().count("select count(*) from message") >= before + messages);
    house.untilAllEnded();
  }

  /** Those that want an answer and are one message. */
  private static List<byte[]> samples() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("test/corpus"))) {
      List<byte[]> samples = new ArrayList<>();
      for (Path file : all.sorted().toList()) {
        if (file.toString().endsWith(".mapped.hl7")) {
          samples.add(Files.readAllBytes(file));
        }
      }
      return samples;
    }
  }

  /** Some bytes behind the header's are others; framing bytes stay what they are. */
  private static byte[] mutated(byte[] message, Random random) {
    int header = 0;
    while (header < message.length && message[header] != '\r' && message[header] != '\n') {
      header++;
    }
    for (int i = 0; i < 1 + random.nextInt(8) && header + 1 < message.length; i++) {
      int at = header + 1 + random.nextInt(message.length - header - 1);
      byte with = (byte) random.nextInt(256);
      message[at] = with == 0x1C || with == 0x0B ? (byte) '|' : with;
    }
    return message;
  }

  @Test
  void whateverAWorkstationSendsIsTakenOrRefused() throws Exception {
    String event =
        "[{\"PatNum\": 5, \"LName\": \"Fern\", \"FName\": \"Ada\", \"DateTStamp\": \"2026-11-01"
            + " 10:00:00\"}]";
    Random random = new Random(11);
    List<String> bodies =
        new ArrayList<>(
            List.of(
                event,
                "",
                "[",
                "[".repeat(30_000),
                "{\"a\":".repeat(30_000),
                "[{\"PatNum\": " + "9".repeat(4_000) + "}]",
                "[{\"PatNum\": 1e999999999}]",
                "[{\"PatNum\": \"" + "x".repeat(2_000_000) + "\"}]",
                "[{\"PatNum\": {\"a\": []}}]",
                "null",
                "\"\\ud800\"",
                "[null, 1, \"\", {}, []]",
                "\0".repeat(1_000)));
    for (int i = 0; i < 60; i++) {
      StringBuilder body = new StringBuilder(event);
      for (int change = 0; change <= random.nextInt(5); change++) {
        body.setCharAt(random.nextInt(body.length()), (char) random.nextInt(256));
      }
      bodies.add(body.toString());
    }
    for (String table : List.of("Patient", "AppointmentDeleted", "Nothing", "No%20table")) {
      for (String body : bodies.subList(0, table.equals("Patient") ? bodies.size() : 13)) {
        HttpResponse<String> answer = hint(table, body);
        int status = answer.statusCode();
        assertTrue(status == 200 || (status >= 400 && status < 500), table + " " + status);
      }
    }
    HttpResponse<String> taken = hint("Patient", event);
    assertEquals(200, taken.statusCode(), taken.body());
  }

  private static HttpResponse<String> hint(String table, String body) throws Exception {
    try {
      return Fixture.request(
          "POST",
          "http://127.0.0.1:" + facadePort() + HINTS.replace("Patient", table),
          body,
          "Authorization",
          "ElmCustomerKey01");
    } catch (IOException e) {
      String start = body.substring(0, Math.min(40, body.length()));
      throw new AssertionError(table + ", " + body.length() + " of " + start, e);
    }
  }

  private static int facadePort() {
    return Integer.parseInt(house.flags().get("pontic.facade.port"));
  }

  private static Socket socket(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(LONGEST_MILLIS);
    return socket;
  }

  /** The line of an answer that holds its status. */
  private static String first(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\r'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString();
  }
}
