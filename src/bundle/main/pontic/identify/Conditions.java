package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pontic.lane.Lane;
import pontic.lane.Work;
import pontic.person.Booking;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.Transaction;
import pontic.understand.Understanding;

/**
 * Creates of a Patient or Appointment on condition that there is none yet ({@code If-None-Exist}).
 * A number that is known says only that somebody spoke of it; whether a row stands is asked at the
 * head of the lane, after all that came before (decision 0406). Of the rows of a chart their own
 * plan asks (decision 0365).
 */
final class Conditions {
  private static final Pattern CONDITION = Pattern.compile("identifier=([^|]+)\\|(.+)");

  private final Persons persons;
  private final Lane lane;
  private final Receipts receipts;
  private final Crosswalk crosswalk;
  private final Bookings bookings;

  Conditions(
      Persons persons, Lane lane, Receipts receipts, Crosswalk crosswalk, Bookings bookings) {
    this.persons = persons;
    this.lane = lane;
    this.receipts = receipts;
    this.crosswalk = crosswalk;
    this.bookings = bookings;
  }

  /**
   * Files a create whose condition leads to somebody or something that the practice has, or is
   * about to have, as a question for its lane. None of its numbers is remembered: a condition that
   * was copied would lead another's messages there.
   *
   * @return false if it is a create as any other
   */
  boolean asked(Transaction tx, Understanding message) {
    Optional<Identifier> number = number(message);
    String type = type(message);
    if (number.isPresent() && type.equals("Patient")) {
      return patient(tx, message, number.get());
    }
    return number.isPresent()
        && type.equals("Appointment")
        && appointment(tx, message, number.get());
  }

  /** Whether it is on condition of this visit by Open Dental's own number. */
  static boolean isOf(Understanding message, Booking booking) {
    return booking.known()
        && number(message)
            .filter(number -> Senders.isOurs(message.practice(), "appointment", number))
            .filter(number -> Long.parseLong(number.value()) == booking.aptNum())
            .isPresent();
  }

  private boolean patient(Transaction tx, Understanding message, Identifier number) {
    List<Person> known = crosswalk.patients(tx, message.practice(), List.of(number));
    if (known.size() > 1) {
      receipts.end(
          tx,
          message.messageId(),
          End.REFUSED,
          "several match the condition of this create",
          Map.of(),
          "",
          List.of());
      return true;
    }
    Optional<Person> one =
        known.stream()
            .filter(
                person ->
                    person.known()
                        || lane.mayBeMade(tx, message.practice(), person.id(), "", message.seq()))
            .findFirst();
    one.ifPresent(person -> file(tx, message, person, ""));
    return one.isPresent();
  }

  private boolean appointment(Transaction tx, Understanding message, Identifier number) {
    Optional<Booking> booking =
        bookings
            .of(tx, message.practice(), number)
            .filter(one -> one.known() || bookings.mayBeMade(tx, one, message.seq()));
    Optional<Person> person =
        booking.flatMap(one -> persons.find(tx, message.practice(), one.personId()));
    person.ifPresent(one -> file(tx, message, one, booking.get().id()));
    return person.isPresent();
  }

  /** In the order of whom the row is about, whoever the message names. */
  private void file(Transaction tx, Understanding message, Person person, String booking) {
    lane.file(
        tx,
        new Work(
            "w-" + UUID.randomUUID(),
            message.practice(),
            message.seq(),
            message.messageId(),
            message.sender(),
            message.event(),
            person.id(),
            booking,
            0,
            0,
            Work.tagged(message.bundle(), Work.ON_CONDITION)),
        message.urgent());
  }

  private static Optional<Identifier> number(Understanding message) {
    Matcher condition =
        CONDITION.matcher(first(message).path("request").path("ifNoneExist").asText());
    return condition.matches()
        ? Optional.of(
            new Identifier(
                Senders.scoped(condition.group(1), message.sender()), condition.group(2)))
        : Optional.empty();
  }

  private static String type(Understanding message) {
    return first(message).path("resource").path("resourceType").asText();
  }

  private static JsonNode first(Understanding message) {
    return message.bundle().path("entry").path(0);
  }
}
