package pontic.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A kind of write that a process is to be killed with, at an instant of {@link
 * KillPoint#inbound()}.
 *
 * @param number by which process and test speak of it
 * @param control id of the message that brings the write about
 * @param before writes of the same message that come first
 */
record Aim(
    int number,
    KillPoint point,
    String practice,
    String control,
    String write,
    List<String> before) {

  /** At an instant of inbound processing; a message that no frame brings comes by the façade. */
  static Aim at(KillPoint point, int number, Cell cell) {
    Write write = cell.write();
    Chapter.Message message =
        write.chapter().messages(cell.subject(), write.round(), cell.practice(), 0).get(0);
    KillPoint there =
        message.isFrame()
            ? point
            : new KillPoint(
                point.trigger(),
                point.step().replace("accept-hl7-", "accept-fhir-"),
                point.purpose(),
                point.nth());
    return new Aim(
        number,
        there,
        cell.practice(),
        message.controlId(),
        write.name(),
        Write.ALL.stream()
            .takeWhile(other -> other != write)
            .filter(other -> other.chapter() == write.chapter() && other.round() == write.round())
            .map(Write::name)
            .toList());
  }

  /** The step at which what it is about is held. */
  String step() {
    return switch (point.trigger()) {
      // Until it is understood, nothing but the acknowledgement happens.
      case KillPoint.ACKNOWLEDGED -> "understand-claim";
      default -> point.step();
    };
  }

  boolean isBefore() {
    return point.trigger().equals(KillPoint.BEFORE)
        || point.trigger().equals(KillPoint.ACKNOWLEDGED);
  }

  /** Whether the API has the request: nothing is held in the process. */
  boolean isRequest() {
    return point.trigger().equals(KillPoint.REQUEST);
  }

  static void write(Path file, List<Aim> aims) throws IOException {
    Files.write(file, aims.stream().map(Aim::text).toList());
  }

  static List<Aim> read(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(Aim::parse).toList();
    }
  }

  private String text() {
    return String.join(
        " ",
        Integer.toString(number),
        point.text(),
        practice,
        control,
        write,
        String.join(",", before));
  }

  private static Aim parse(String text) {
    String[] parts = text.split(" ", -1);
    return new Aim(
        Integer.parseInt(parts[0]),
        KillPoint.parse(parts[1]),
        parts[2],
        parts[3],
        parts[4],
        Stream.of(parts[5].split(",")).filter(name -> !name.isEmpty()).toList());
  }

  @Override
  public String toString() {
    return write + " at " + point.place() + " of " + practice;
  }
}
