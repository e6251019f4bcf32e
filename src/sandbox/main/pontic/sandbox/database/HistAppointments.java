package pontic.sandbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.Set;
import java.util.stream.Collectors;

/** Open Dental's insert-only copies of appointment versions (open-dental-schema.md 2.4). */
public final class HistAppointments {

  /** What happened to the appointment; the ordinal is the stored number. */
  public enum Action {
    CREATED,
    CHANGED,
    MISSED,
    CANCELLED,
    DELETED
  }

  /** {@code ApptSource} of a person at the desk. */
  public static final int SOURCE_NONE = 0;

  /** {@code ApptSource} of the API service. */
  public static final int SOURCE_API = 6;

  private static final Set<String> OWN =
      Set.of("HistApptNum", "HistUserNum", "HistDateTStamp", "HistApptAction", "ApptSource");

  private final Schema schema;

  public HistAppointments(Schema schema) {
    this.schema = schema;
  }

  /**
   * Copies the appointment as it stands now; call it after a change and before a delete.
   *
   * @param at the practice's wall clock
   * @param userNum who did it, 0 for the API
   * @param source {@link #SOURCE_NONE} or {@link #SOURCE_API}
   */
  public void record(
      Connection connection, long aptNum, Action action, LocalDateTime at, long userNum, int source)
      throws SQLException {
    Table appointment = schema.table("appointment");
    String copied =
        schema.table("histappointment").columns().stream()
            .map(Column::name)
            .filter(c -> !OWN.contains(c) && !c.equals("DateTStamp") && appointment.has(c))
            .map(c -> "`" + c + "`")
            .collect(Collectors.joining(","));
    String sql =
        "INSERT INTO histappointment (HistUserNum,HistDateTStamp,HistApptAction,ApptSource,"
            + copied
            + ") SELECT ?,?,?,?,"
            + copied
            + " FROM appointment WHERE AptNum=?";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setLong(1, userNum);
      insert.setObject(2, at);
      insert.setInt(3, action.ordinal());
      insert.setInt(4, source);
      insert.setLong(5, aptNum);
      insert.executeUpdate();
    }
  }
}
