package pontic.house;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.sandbox.database.Practice;
import pontic.sandbox.hospital.Hospital;

/** Looks into a practice's real database, as the far end of inbound messages. */
public final class Office {
  private final Practice practice;

  Office(Practice practice) {
    this.practice = practice;
  }

  public List<Map<String, Object>> rows(String sql, Object... parameters) {
    JdbcClient.StatementSpec statement = JdbcClient.create(practice.dataSource()).sql(sql);
    return statement.params(List.of(parameters)).query().listOfRows();
  }

  public long count(String sql, Object... parameters) {
    return JdbcClient.create(practice.dataSource())
        .sql(sql)
        .params(List.of(parameters))
        .query(Long.class)
        .single();
  }

  public List<Map<String, Object>> patients(Hospital.Patient patient) {
    return rows(
        "select * from patient where LName = ? and FName = ? and PatStatus <> 4",
        patient.last(),
        patient.first());
  }

  public List<Map<String, Object>> appointments(Hospital.Patient patient) {
    return rows(
        "select a.* from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ? and p.FName = ? order by a.AptNum",
        patient.last(),
        patient.first());
  }

  /** Provider 1 works in operatory 1 from 8 to 17 that day. */
  public void worked(LocalDate day) {
    worked(day, 1);
  }

  /** Likewise on so many days from then on. */
  public void worked(LocalDate first, int days) {
    JdbcClient office = JdbcClient.create(practice.dataSource());
    office
        .sql(
            "insert into schedule (SchedDate, StartTime, StopTime, SchedType, ProvNum)"
                + " select date_add(?, interval seq day), '08:00', '17:00', 1, 1 from seq_0_to_"
                + (days - 1))
        .params(first.toString())
        .update();
    office
        .sql(
            "insert into scheduleop (ScheduleNum, OperatoryNum) select s.ScheduleNum, 1 from schedule s"
                + " where s.SchedDate between ? and ? and s.SchedType = 1 and s.ProvNum = 1"
                + " and s.ScheduleNum not in (select o.ScheduleNum from scheduleop o)")
        .params(first.toString(), first.plusDays(days - 1L).toString())
        .update();
  }

  /** Somebody who is in the practice's books. */
  public long anybody() {
    return count("select PatNum from patient where PatStatus = 0 order by PatNum limit 1");
  }

  /** Of the first of {@link #patients}. */
  public long patNum(Hospital.Patient patient) {
    return ((Number) patients(patient).get(0).get("PatNum")).longValue();
  }

  /** Of the first of {@link #appointments}. */
  public long aptNum(Hospital.Patient patient) {
    return ((Number) appointments(patient).get(0).get("AptNum")).longValue();
  }
}
