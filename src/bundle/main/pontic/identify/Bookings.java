package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pontic.lane.Lane;
import pontic.person.Booking;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.Transaction;
import pontic.understand.NotUnderstood;
import pontic.understand.Understanding;

/** From the numbers of an appointment to the one that they mean. */
final class Bookings {
  /** In the extensions of an Appointment: of what is not here this makes nothing. */
  private static final String MAKES_NONE = "urn:pontic:fhir:makes-none";

  private final Persons persons;
  private final Lane lane;
  private final Receipts receipts;
  private final Crosswalk crosswalk;

  Bookings(Persons persons, Lane lane, Receipts receipts, Crosswalk crosswalk) {
    this.persons = persons;
    this.lane = lane;
    this.receipts = receipts;
    this.crosswalk = crosswalk;
  }

  /**
   * Parks a message whose numbers lead to several appointments: by which of them it was to be done
   * nobody can know (decision 0407). It is no work, so that it is read again if it is let go on or
   * edited.
   *
   * @return true if it has ended so
   */
  boolean several(Transaction tx, Understanding message) {
    List<Identifier> numbers =
        Senders.given(Identify.resource(message, "Appointment"), message.sender()).stream()
            .map(Senders.Given::identifier)
            .toList();
    List<Booking> meant = standing(tx, message.practice(), numbers);
    if (meant.size() < 2) {
      return false;
    }
    receipts.end(
        tx,
        message.messageId(),
        End.PARKED,
        "its numbers lead to "
            + meant.size()
            + " different appointments: "
            + meant.stream()
                .sorted(Comparator.comparingLong(Booking::aptNum))
                .map(
                    booking ->
                        booking.known()
                            ? "AptNum " + booking.aptNum()
                            : "one that still waits to be written")
                .collect(Collectors.joining(", "))
            + "; take the wrong number out of it (./pontic parked edit), or drop it",
        Map.of(),
        "",
        List.of());
    return true;
  }

  /**
   * Parks a message of whose state no table knows what it says (decision 0435), and whose numbers
   * lead to no visit that takes place: it makes none, and brings none back. It is no work, so that
   * it is read again when the table has that state.
   *
   * @return true if it has ended so
   */
  boolean makesNone(Transaction tx, Understanding message) {
    JsonNode appointment = Identify.resource(message, "Appointment");
    List<Identifier> numbers =
        Senders.given(appointment, message.sender()).stream()
            .map(Senders.Given::identifier)
            .toList();
    if (!isSaid(appointment, MAKES_NONE)
        || standing(tx, message.practice(), numbers).stream()
            .anyMatch(booking -> !booking.state().equals("cancelled"))) {
      return false;
    }
    receipts.end(
        tx,
        message.messageId(),
        End.PARKED,
        "codes/appointment-status does not know its state (SCH-25), and no appointment of its numbers takes place here, so none is made of it; name the state in the practice's table and release it, or drop it",
        Map.of(),
        "",
        List.of());
    return true;
  }

  private static boolean isSaid(JsonNode appointment, String url) {
    return StreamSupport.stream(appointment.path("extension").spliterator(), false)
        .anyMatch(
            extension ->
                extension.path("url").asText().equals(url)
                    && extension.path("valueBoolean").asBoolean());
  }

  /** The one that they mean, or a new one; all its numbers lead there from now on. */
  Booking of(Transaction tx, Understanding message, Person person) {
    JsonNode appointment = Identify.resource(message, "Appointment");
    List<Senders.Given> given = Senders.given(appointment, message.sender());
    List<Identifier> numbers = given.stream().map(Senders.Given::identifier).toList();
    if (numbers.isEmpty()) {
      throw new NotUnderstood("it names no appointment (SCH-1 and SCH-2 are empty)");
    }
    String practice = message.practice();
    Booking booking =
        standing(tx, practice, numbers).stream()
            .findFirst()
            .or(
                () ->
                    ours(practice, numbers)
                        .map(aptNum -> persons.createBooking(tx, practice, person.id(), aptNum)))
            .or(() -> led(tx, practice, numbers).findFirst())
            .orElseGet(() -> persons.createBooking(tx, practice, person.id(), 0));
    // Also those that led to one which was never made; a number of ours leads to its own row.
    List<Identifier> its =
        numbers.stream()
            .filter(
                number ->
                    !Senders.isOurs(practice, "appointment", number)
                        || booking.known() && Long.parseLong(number.value()) == booking.aptNum())
            .toList();
    persons.lead(tx, practice, Persons.APPOINTMENT, its, booking.id());
    crosswalk.said(tx, message, Persons.APPOINTMENT, given);
    return booking;
  }

  /** The one to which a number leads so far. */
  Optional<Booking> of(Transaction tx, String practice, Identifier number) {
    List<Identifier> one = List.of(number);
    return Stream.concat(led(tx, practice, one), ofOurs(tx, practice, one)).findFirst();
  }

  /** Those that Open Dental has, or may yet have: one of which nothing came is none of them. */
  private List<Booking> standing(Transaction tx, String practice, List<Identifier> numbers) {
    List<Booking> standing = new ArrayList<>();
    Stream.concat(led(tx, practice, numbers), ofOurs(tx, practice, numbers))
        .filter(booking -> booking.known() || mayBeMade(tx, booking, Long.MAX_VALUE))
        .filter(booking -> standing.stream().noneMatch(other -> isSame(other, booking)))
        .forEach(standing::add);
    return standing;
  }

  private static boolean isSame(Booking one, Booking other) {
    return one.id().equals(other.id()) || one.known() && one.aptNum() == other.aptNum();
  }

  /**
   * Whether an older message that has not ended may yet make it.
   *
   * @param before place of the newer message among the practice's messages
   */
  boolean mayBeMade(Transaction tx, Booking booking, long before) {
    return persons
        .find(tx, booking.practice(), booking.personId())
        .filter(person -> lane.mayBeMade(tx, booking.practice(), person.id(), booking.id(), before))
        .isPresent();
  }

  private Stream<Booking> led(Transaction tx, String practice, List<Identifier> numbers) {
    return persons.targets(tx, practice, Persons.APPOINTMENT, numbers).stream()
        .flatMap(target -> persons.booking(tx, practice, target).stream());
  }

  private Stream<Booking> ofOurs(Transaction tx, String practice, List<Identifier> numbers) {
    return ours(practice, numbers).stream()
        .flatMap(aptNum -> persons.bookingByAptNum(tx, practice, aptNum).stream());
  }

  private static Optional<Long> ours(String practice, List<Identifier> numbers) {
    return numbers.stream()
        .filter(number -> Senders.isOurs(practice, "appointment", number))
        .map(number -> Long.parseLong(number.value()))
        .findFirst();
  }
}
