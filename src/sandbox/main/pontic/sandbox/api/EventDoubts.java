package pontic.sandbox.api;

/**
 * What nobody could confirm of subscriptions and events (open-dental-api.md 8), so that a client
 * can be tested both ways.
 *
 * @param deleteByReadAll false: DELETE of a subscription needs ApiAllOthers; true: ApiReadAll
 * @param existingTaken false: POST of one that is there already is answered 400; true: 201 with it
 * @param leastSeconds a subscription with fewer PollingSeconds is answered 400; 0: any number is
 *     taken
 * @param anyAnswerCounts false: an event that is not answered 2xx is sent again; true: only one
 *     without any answer is
 * @param deletedAsAppointment false: AppointmentDeleted carries rows as GET /histappointments;
 *     true: as GET /appointments
 */
public record EventDoubts(
    boolean deleteByReadAll,
    boolean existingTaken,
    int leastSeconds,
    boolean anyAnswerCounts,
    boolean deletedAsAppointment) {

  public static final EventDoubts STANDARD = new EventDoubts(false, false, 0, false, false);

  /** Each of them the other way. */
  public static final EventDoubts OTHER_WAY = new EventDoubts(true, true, 1, true, true);
}
