package pontic.hl7;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Several messages in one frame: {@code [FHS] {[BHS] {MSH ...} [BTS]} [FTS]} (chapter 2, batch
 * protocol). Nothing inside the messages is looked at.
 *
 * @param file the FHS segment; empty if there is none
 * @param groups in their order
 */
public record Batch(String file, List<Group> groups) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmssxx", Locale.ROOT).withZone(ZoneOffset.UTC);

  /**
   * Messages between BHS and BTS.
   *
   * @param header the BHS segment; empty if there is none
   */
  public record Group(String header, List<byte[]> messages) {}

  public Batch {
    groups = List.copyOf(groups);
  }

  /** Whether a frame begins as a batch does. */
  public static boolean is(byte[] frame) {
    String name = name(frame, MessageHeader.start(frame));
    return name.equals("FHS") || name.equals("BHS");
  }

  /**
   * @param frame of which {@link #is} is true
   * @param most messages that it may hold, and batches
   * @throws HeaderProblem if it holds more, a line stands outside of a message, a header is longer
   *     than {@link MessageHeader#MAX_BYTES} or has unusable separators, or a number of messages or
   *     batches that is said is another one: something of it is missing
   */
  public static Batch read(byte[] frame, int most) {
    Reading reading = new Reading(most);
    int from = MessageHeader.start(frame);
    while (from < frame.length) {
      int to = from;
      while (to < frame.length && frame[to] != '\r' && frame[to] != '\n') {
        to++;
      }
      if (to > from) {
        reading.line(frame, from, to);
      }
      from = to + 1;
    }
    return reading.done(frame);
  }

  public List<byte[]> messages() {
    return groups.stream().flatMap(group -> group.messages().stream()).toList();
  }

  /**
   * The answers in a batch of the same form.
   *
   * @param answers of {@link #messages}, in their order; an empty one is left out
   */
  public byte[] answer(List<byte[]> answers, Instant at, String id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!file.isEmpty()) {
      out.writeBytes(header(file, at, id));
    }
    Iterator<byte[]> all = answers.iterator();
    for (Group group : groups) {
      List<byte[]> given =
          group.messages().stream().map(message -> all.next()).filter(a -> a.length > 0).toList();
      if (!group.header().isEmpty()) {
        out.writeBytes(header(group.header(), at, id));
      }
      given.forEach(out::writeBytes);
      if (!group.header().isEmpty()) {
        out.writeBytes(bytes("BTS" + group.header().charAt(3) + given.size() + "\r"));
      }
    }
    if (!file.isEmpty()) {
      out.writeBytes(bytes("FTS" + file.charAt(3) + groups.size() + "\r"));
    }
    return out.toByteArray();
  }

  /**
   * FHS and BHS have the same fields: 3 to 6 the ends, 7 the time, 11 their id, 12 that referred
   * to.
   */
  private static byte[] header(String segment, Instant at, String id) {
    char separator = segment.charAt(3);
    String[] fields = segment.split(Pattern.quote(String.valueOf(separator)), -1);
    return bytes(
        String.join(
                String.valueOf(separator),
                fields[0],
                field(fields, 1),
                field(fields, 4),
                field(fields, 5),
                field(fields, 2),
                field(fields, 3),
                TIME.format(at),
                "",
                "",
                "",
                id,
                field(fields, 10))
            + "\r");
  }

  private static String field(String[] fields, int index) {
    return index < fields.length ? fields[index] : "";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String name(byte[] frame, int from) {
    return from + 3 <= frame.length ? new String(frame, from, 3, StandardCharsets.ISO_8859_1) : "";
  }

  /** What was read so far; a message is kept as its place in the frame. */
  private static final class Reading {
    private final int most;
    private final List<Group> groups = new ArrayList<>();
    private final List<int[]> places = new ArrayList<>();
    private String file = "";
    private String header = "";
    private boolean inGroup;
    private int batches;
    private int messages;

    Reading(int most) {
      this.most = most;
    }

    void line(byte[] frame, int from, int to) {
      switch (name(frame, from)) {
        case "FHS" -> file = envelope(frame, from, to);
        case "BHS" -> {
          close(frame);
          header = envelope(frame, from, to);
          inGroup = true;
          batches++;
          bounded(batches, "batches");
        }
        case "MSH" -> {
          places.add(new int[] {from, to});
          messages++;
          bounded(messages, "messages");
        }
        case "BTS" -> {
          counted(frame, from, to, places.size(), "messages");
          close(frame);
        }
        case "FTS" -> {
          close(frame);
          // Messages that stand without BHS are a batch to some senders, and none to others.
          if (!said(frame, from, to).equals(Integer.toString(groups.size()))) {
            counted(frame, from, to, batches, "batches");
          }
        }
        default -> {
          if (places.isEmpty()) {
            throw new HeaderProblem("A segment of the batch belongs to no message");
          }
          places.get(places.size() - 1)[1] = to;
        }
      }
    }

    /** Seven bytes may be a message, and what is made of one is a hundred times as much. */
    private void bounded(int there, String of) {
      if (there > most) {
        throw new HeaderProblem(
            "The frame holds more than "
                + most
                + " "
                + of
                + ", which is the most that is taken in one; send it as several");
      }
    }

    private static String envelope(byte[] frame, int from, int to) {
      if (to - from > MessageHeader.MAX_BYTES) {
        throw new HeaderProblem("A header of the batch is longer than " + MessageHeader.MAX_BYTES);
      }
      String segment = new String(frame, from, to - from, StandardCharsets.ISO_8859_1);
      Delimiters.of("MSH" + segment.substring(3));
      return segment.replaceAll("[\\x00-\\x1F]", "");
    }

    /** The number that a trailer begins with, without leading zeros; "" if it has none. */
    private static String said(byte[] frame, int from, int to) {
      char[] digits =
          new String(frame, from, Math.min(to - from, 100), StandardCharsets.ISO_8859_1)
              .substring(3)
              .toCharArray();
      StringBuilder said = new StringBuilder();
      for (int i = 1; i < digits.length && Character.isDigit(digits[i]); i++) {
        said.append(digits[i]);
      }
      return said.toString().replaceFirst("^0+(?=.)", "");
    }

    private static void counted(byte[] frame, int from, int to, int there, String of) {
      String said = said(frame, from, to);
      if (!said.isEmpty() && !said.equals(Integer.toString(there))) {
        throw new HeaderProblem(
            "The batch says that it has "
                + said
                + " "
                + of
                + " and has "
                + there
                + ", so it did not arrive whole");
      }
    }

    private void close(byte[] frame) {
      if (inGroup || !places.isEmpty()) {
        groups.add(
            new Group(
                header,
                places.stream().map(at -> Arrays.copyOfRange(frame, at[0], at[1])).toList()));
      }
      places.clear();
      header = "";
      inGroup = false;
    }

    Batch done(byte[] frame) {
      close(frame);
      if (groups.stream().allMatch(group -> group.messages().isEmpty())) {
        throw new HeaderProblem("The batch holds no message");
      }
      return new Batch(file, groups);
    }
  }
}
