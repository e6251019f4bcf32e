package pontic.proof;

import java.util.Set;
import java.util.function.UnaryOperator;
import pontic.sandbox.api.BookingDoubts;
import pontic.sandbox.api.OfficeSettings;
import pontic.sandbox.api.QueueDoubts;

/**
 * A point of the API that nobody could confirm (open-dental-api.md 8), as a switch of the sandbox;
 * each is the other way round in some offices of the matrix, beside others in each.
 */
enum Doubt {
  BARE_ERROR_TEXT(Set.of(1, 3, 5), settings -> settings.withBareErrorText(true)),
  UNKNOWN_FIELDS_REFUSED(Set.of(1, 2, 5), settings -> settings.withUnknownFieldsRefused(true)),
  NEWER_FIELDS_IGNORED(Set.of(2, 3, 6), settings -> settings.withNewerFieldsIgnored(true)),
  QUEUEING_ONLY(Set.of(1, 4, 6), settings -> settings.withQueueingOnly(true)),
  QUEUE(Set.of(3, 5), settings -> settings.withQueue(new QueueDoubts(true, true))),
  BOOKINGS(Set.of(2, 6), settings -> settings.withBookings(BookingDoubts.OTHER_WAY)),
  STAMPS_INCLUSIVE(Set.of(2, 4, 5), settings -> settings.withStampsInclusive(true)),
  DELETED_PATIENTS_SHOWN(Set.of(3, 4, 5), settings -> settings.withDeletedPatientsShown(true)),
  LISTS_BACKWARDS(Set.of(1, 4, 6), settings -> settings.withListsBackwards(true));

  private final Set<Integer> offices;
  private final UnaryOperator<OfficeSettings> otherWay;

  Doubt(Set<Integer> offices, UnaryOperator<OfficeSettings> otherWay) {
    this.offices = offices;
    this.otherWay = otherWay;
  }

  /**
   * Whether it is the other way round there.
   *
   * @param place of an office among those of its kind, from 0; in the first, with which all others
   *     are compared, nothing is
   */
  boolean isMet(int place) {
    return offices.contains(place);
  }

  /** All of them, as they are in an office. */
  static OfficeSettings dealt(OfficeSettings settings, int place) {
    OfficeSettings dealt = settings;
    for (Doubt doubt : values()) {
      dealt = doubt.isMet(place) ? doubt.otherWay.apply(dealt) : dealt;
    }
    return dealt;
  }
}
