package pontic.sandbox.api;

/**
 * What nobody could confirm of bookings (open-dental-api.md 8, point 6), so that a client can be
 * tested both ways. A move and a planned visit that gets its time count as bookings.
 *
 * @param overlapRefused true: an appointment that overlaps another of its operatory is answered 400
 * @param hiddenRefused true: one in a hidden operatory is answered 400
 * @param closedRefused true: one at which nobody works in its operatory is answered 400
 */
public record BookingDoubts(boolean overlapRefused, boolean hiddenRefused, boolean closedRefused) {

  public static final BookingDoubts STANDARD = new BookingDoubts(false, false, false);

  /** Each of them the other way. */
  public static final BookingDoubts OTHER_WAY = new BookingDoubts(true, true, true);
}
