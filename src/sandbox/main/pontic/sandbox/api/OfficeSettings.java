package pontic.sandbox.api;

import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * How one practice's API behaves; the second half are the points that nobody could confirm
 * (open-dental-api.md 8), so that a client can be tested both ways. Decision 0025 gives the reason
 * for each default.
 *
 * @param mode where the API is asked
 * @param keyStatus state of the customer key
 * @param permissions names as in GET /securityperms, such as ApiReadAll; without ApiReadAll no GET
 *     is allowed
 * @param queueLength how many requests of this key may wait in Remote mode before the next is
 *     answered 429; 0 or more
 * @param queueingOnly true: nothing is answered 429 by the throttle, every excess request waits
 * @param queue what becomes of those that wait
 * @param bareErrorText false: an explanation is sent as a JSON string; true: as bare text
 * @param bookings what is taken of bookings
 * @param unknownFieldsRefused true: unknown body fields and query parameters are answered 400;
 *     false: ignored
 * @param newerFieldsIgnored false: a body field newer than the office is answered 400; true:
 *     ignored
 * @param stampsInclusive false: DateTStamp filters mean "after"; true: "on or after"
 * @param deletedPatientsShown false: deleted patients are left out of lists and a single read is
 *     answered 400
 * @param listsBackwards false: a list whose order nobody documents is in the order of its keys;
 *     true: in the opposite one
 * @param everyWriteLogged false: writes of patients and appointments alone leave an entry in the
 *     office's log; true: all others do too
 * @param events the same of subscriptions and events
 */
public record OfficeSettings(
    Mode mode,
    KeyStatus keyStatus,
    Set<String> permissions,
    int queueLength,
    boolean queueingOnly,
    QueueDoubts queue,
    boolean bareErrorText,
    BookingDoubts bookings,
    boolean unknownFieldsRefused,
    boolean newerFieldsIgnored,
    boolean stampsInclusive,
    boolean deletedPatientsShown,
    boolean listsBackwards,
    boolean everyWriteLogged,
    EventDoubts events) {

  public OfficeSettings {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(keyStatus, "keyStatus");
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(bookings, "bookings");
    Objects.requireNonNull(events, "events");
    permissions = Set.copyOf(permissions);
    if (queueLength < 0) {
      throw new IllegalArgumentException("queueLength is " + queueLength + ", give 0 or more");
    }
  }

  /**
   * Remote mode, key enabled, reads and writes of patients and appointments allowed, every doubtful
   * point at its default.
   */
  public static OfficeSettings standard() {
    return new OfficeSettings(
        Mode.REMOTE,
        KeyStatus.ENABLED,
        Set.of(
            Permissions.READ_ALL,
            Permissions.PATIENTS,
            Permissions.APPOINTMENTS,
            Permissions.COMM,
            Permissions.ALL_OTHERS),
        10,
        false,
        QueueDoubts.STANDARD,
        false,
        BookingDoubts.STANDARD,
        false,
        false,
        false,
        false,
        false,
        false,
        EventDoubts.STANDARD);
  }

  public OfficeSettings withMode(Mode value) {
    return new OfficeSettings(
        value,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withKeyStatus(KeyStatus value) {
    return new OfficeSettings(
        mode,
        value,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withPermissions(Set<String> value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        value,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  /** With these permissions beside those that the key has. */
  public OfficeSettings withAlso(Set<String> permissions) {
    Set<String> all = new TreeSet<>(this.permissions);
    all.addAll(permissions);
    return withPermissions(all);
  }

  public OfficeSettings withQueueLength(int value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        value,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withQueueingOnly(boolean value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        value,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withQueue(QueueDoubts value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        value,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withBareErrorText(boolean value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        value,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withBookings(BookingDoubts value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        value,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withUnknownFieldsRefused(boolean value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        value,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withNewerFieldsIgnored(boolean value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        value,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withStampsInclusive(boolean value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        value,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withDeletedPatientsShown(boolean value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        value,
        listsBackwards,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withListsBackwards(boolean value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        value,
        everyWriteLogged,
        events);
  }

  public OfficeSettings withEveryWriteLogged(boolean value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        value,
        events);
  }

  public OfficeSettings withEvents(EventDoubts value) {
    return new OfficeSettings(
        mode,
        keyStatus,
        permissions,
        queueLength,
        queueingOnly,
        queue,
        bareErrorText,
        bookings,
        unknownFieldsRefused,
        newerFieldsIgnored,
        stampsInclusive,
        deletedPatientsShown,
        listsBackwards,
        everyWriteLogged,
        value);
  }
}
