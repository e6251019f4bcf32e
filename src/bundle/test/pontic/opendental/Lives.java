package pontic.opendental;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What hospitals say of people in legal order, drawn by a seed, and what an office's appointments
 * are after all of it has been played one by one: written anew, not by the product's plans.
 */
final class Lives {
  private Lives() {}

  /**
   * One message.
   *
   * @param human number of the person
   * @param sender NORTH or another
   * @param event update, book, move or cancel
   * @param placer the sender's number of the booking, "" for a snapshot of the person
   * @param hour where the booking takes place, counted from a first one
   * @param note "" for none
   * @param phone last digits
   */
  record Step(
      int human, String sender, String event, String placer, int hour, String note, int phone) {
    boolean aboutPatient() {
      return placer.isEmpty();
    }
  }

  /** Ten messages of each of these people, in turn: an office that was away for a day. */
  static List<Step> busyDay(int people) {
    List<Step> all = new ArrayList<>();
    for (int turn = 0; turn < 10; turn++) {
      for (int human = 0; human < people; human++) {
        all.add(ofBusyDay(human, turn));
      }
    }
    return all;
  }

  /** Four snapshots, a booking, three moves, a cancellation or a fourth move, a snapshot. */
  private static Step ofBusyDay(int human, int turn) {
    int phone = human * 10 + turn;
    String placer = "PL" + human + "x0";
    String visit = "visit " + placer;
    if (turn < 4 || turn == 9) {
      return new Step(human, "NORTH", "update", "", 0, "", phone);
    }
    String event = turn == 4 ? "book" : turn == 8 && human % 3 == 0 ? "cancel" : "move";
    boolean cancels = event.equals("cancel");
    int hour = human % 20 + (cancels ? 7 : turn);
    return new Step(human, "NORTH", event, placer, hour, cancels ? "" : visit, phone);
  }

  /** Lives of so many people, interleaved. */
  static List<Step> drawn(Random random, int people) {
    List<List<Step>> lives =
        new ArrayList<>(
            IntStream.range(0, people).mapToObj(number -> life(random, number)).toList());
    List<Step> all = new ArrayList<>();
    while (!lives.isEmpty()) {
      List<Step> life = lives.get(random.nextInt(lives.size()));
      all.add(life.remove(0));
      lives.removeIf(List::isEmpty);
    }
    return all;
  }

  private static List<Step> life(Random random, int number) {
    List<Step> life = new ArrayList<>();
    String sender = number % 5 == 0 ? "SOUTH" : "NORTH";
    int phone = number * 100;
    for (int booking = 0; booking < 3; booking++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        phone = number * 100 + random.nextInt(4);
        String speaks = random.nextInt(6) == 0 ? "WEST" : sender;
        life.add(new Step(number, speaks, "update", "", 0, "", phone));
      }
      String placer = "PL" + number + "x" + booking;
      int hour = number % 20 + booking * 40;
      life.add(new Step(number, sender, "book", placer, hour, "visit " + placer, phone));
      hour = moves(random, life, life.get(life.size() - 1), hour);
      if (random.nextInt(3) == 0) {
        life.add(new Step(number, sender, "cancel", placer, hour, "", phone));
        if (random.nextInt(3) == 0) {
          Step again = new Step(number, sender, "book", placer, hour, "visit " + placer, phone);
          life.add(again);
          moves(random, life, again, hour);
        }
      }
    }
    return life;
  }

  private static int moves(Random random, List<Step> life, Step booked, int from) {
    int hour = from;
    for (int i = random.nextInt(4); i > 0; i--) {
      hour++;
      String note =
          switch (random.nextInt(3)) {
            case 0 -> booked.note();
            case 1 -> "change " + random.nextInt(3);
            default -> "";
          };
      life.add(
          new Step(
              booked.human(),
              booked.sender(),
              "move",
              booked.placer(),
              hour,
              note,
              booked.phone()));
    }
    return hour;
  }

  /**
   * An appointment.
   *
   * @param notes lines of its note, without references
   */
  record Visit(String status, int hour, List<String> notes) {}

  /** By placer, what stands after these messages were played one by one. */
  static Map<String, Visit> played(List<Step> steps) {
    Map<String, Visit> visits = new TreeMap<>();
    Map<String, String> said = new TreeMap<>();
    for (Step step : steps) {
      Visit stands = visits.get(step.placer());
      if (step.event().equals("cancel")) {
        visits.put(step.placer(), new Visit("Broken", stands.hour(), stands.notes()));
      } else if (!step.aboutPatient()) {
        List<String> notes = new ArrayList<>(stands == null ? List.of() : stands.notes());
        boolean news = !step.note().isEmpty() && !step.note().equals(said.get(step.placer()));
        if (stands == null || news) {
          notes.add(step.note());
        }
        visits.put(step.placer(), new Visit("Scheduled", step.hour(), notes));
        if (!step.note().isEmpty()) {
          said.put(step.placer(), step.note());
        }
      }
    }
    return visits;
  }
}
