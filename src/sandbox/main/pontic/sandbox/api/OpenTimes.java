package pontic.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When somebody works in an operatory and nothing stands there (open-dental-api.md 2.2: whole open
 * stretches; a provider with bookings in several operatories is free only where free in all).
 */
final class OpenTimes {
  /** Days that are told if none are asked for. */
  static final int USUAL_DAYS = 14;

  private static final int MINUTES_PER_SIGN = 5;
  private static final String END =
      " date_add(AptDateTime, interval " + MINUTES_PER_SIGN + " * char_length(Pattern) minute)";

  private record Stretch(LocalDateTime start, LocalDateTime end) {}

  private final Context context;

  OpenTimes(Context context) {
    this.context = context;
  }

  boolean isTaken(long operatory, long own, LocalDateTime start, LocalDateTime end)
      throws SQLException {
    return context
        .database()
        .one(
            "select 1 as x from appointment where Op = ? and AptNum <> ? and AptStatus in (1, 2) and AptDateTime < ?"
                + " and"
                + END
                + " > ? limit 1",
            operatory,
            own,
            Formats.DATE_TIME.format(end),
            Formats.DATE_TIME.format(start))
        .isPresent();
  }

  boolean isHidden(long operatory) throws SQLException {
    return context
        .database()
        .one("select 1 as x from operatory where OperatoryNum = ? and IsHidden = 1", operatory)
        .isPresent();
  }

  boolean isWorked(long operatory, LocalDateTime start, LocalDateTime end) throws SQLException {
    return context
        .database()
        .one(
            "select 1 as x from schedule s join scheduleop o on o.ScheduleNum = s.ScheduleNum where s.SchedType = 1"
                + " and o.OperatoryNum = ? and s.SchedDate = ? and s.StartTime <= ? and s.StopTime >= ? limit 1",
            operatory,
            start.toLocalDate().toString(),
            start.toLocalTime().toString(),
            end.toLocalTime().toString())
        .isPresent();
  }

  /**
   * @param operatory all in which the provider works if empty
   * @param minutes shorter stretches are left out
   */
  ArrayNode of(
      long provider, Optional<Long> operatory, LocalDate first, LocalDate last, long minutes)
      throws SQLException {
    List<Row> worked =
        context
            .database()
            .query(
                "select s.SchedDate, s.StartTime, s.StopTime, o.OperatoryNum from schedule s join scheduleop o on"
                    + " o.ScheduleNum = s.ScheduleNum join operatory p on p.OperatoryNum = o.OperatoryNum where"
                    + " s.SchedType = 1 and s.ProvNum = ? and p.IsHidden = 0 and s.SchedDate between ? and ?"
                    + " order by s.SchedDate, s.StartTime, o.OperatoryNum",
                provider,
                first.toString(),
                last.toString());
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (Row row : worked) {
      long place = row.number("OperatoryNum");
      if (operatory.map(one -> one != place).orElse(false)) {
        continue;
      }
      LocalDate day = LocalDate.parse(row.text("SchedDate").substring(0, 10));
      Stretch whole =
          new Stretch(
              day.atTime(LocalTime.parse(row.text("StartTime"))),
              day.atTime(LocalTime.parse(row.text("StopTime"))));
      for (Stretch free : without(whole, taken(provider, place, whole))) {
        if (!free.end().isBefore(free.start().plusMinutes(Math.max(1, minutes)))
            && free.start().isAfter(context.localNow())) {
          rows.addObject()
              .put("DateTimeStart", Formats.DATE_TIME.format(free.start()))
              .put("DateTimeEnd", Formats.DATE_TIME.format(free.end()))
              .put("ProvNum", provider)
              .put("OpNum", place);
        }
      }
    }
    return rows;
  }

  /** By their start. */
  private List<Stretch> taken(long provider, long operatory, Stretch within) throws SQLException {
    List<Stretch> taken = new ArrayList<>();
    for (Row row :
        context
            .database()
            .query(
                "select AptDateTime as Starts,"
                    + END
                    + " as Ends from appointment where AptStatus in (1, 2) and (Op = ? or ProvNum = ? or ProvHyg = ?)"
                    + " and AptDateTime < ? and"
                    + END
                    + " > ? union all select timestamp(s.SchedDate, s.StartTime), timestamp(s.SchedDate, s.StopTime)"
                    + " from schedule s join scheduleop o on o.ScheduleNum = s.ScheduleNum where s.SchedType = 2 and"
                    + " o.OperatoryNum = ? and s.SchedDate = ? order by Starts",
                operatory,
                provider,
                provider,
                Formats.DATE_TIME.format(within.end()),
                Formats.DATE_TIME.format(within.start()),
                operatory,
                within.start().toLocalDate().toString())) {
      taken.add(new Stretch(time(row, "Starts"), time(row, "Ends")));
    }
    return taken;
  }

  private static LocalDateTime time(Row row, String column) {
    return LocalDateTime.parse(row.text(column).substring(0, 19), Formats.DATE_TIME);
  }

  private static List<Stretch> without(Stretch whole, List<Stretch> taken) {
    List<Stretch> free = new ArrayList<>();
    LocalDateTime from = whole.start();
    for (Stretch one : taken) {
      if (one.start().isAfter(from)) {
        free.add(new Stretch(from, one.start()));
      }
      from = one.end().isAfter(from) ? one.end() : from;
    }
    if (from.isBefore(whole.end())) {
      free.add(new Stretch(from, whole.end()));
    }
    return free;
  }
}
