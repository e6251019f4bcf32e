package pontic.sandbox.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pontic.sandbox.database.PracticePlan;
import pontic.sandbox.hospital.Hospital;

/** Reads the practices' databases themselves: the far end of what the hospital sends. */
final class Offices {
  private final int port;

  Offices(int port) {
    this.port = port;
  }

  List<Map<String, String>> rows(String practice, String sql, Object... parameters) {
    String url = "jdbc:mariadb://127.0.0.1:" + port + "/" + practice;
    try (Connection connection =
            DriverManager.getConnection(
                url, PracticePlan.READ_ACCOUNT, PracticePlan.READ_PASSWORD);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        return list(rows);
      }
    } catch (SQLException e) {
      throw new StepFailed("the database of " + practice + " could not be read", e);
    }
  }

  private static List<Map<String, String>> list(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    List<Map<String, String>> all = new ArrayList<>();
    while (rows.next()) {
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        String value = rows.getString(i);
        row.put(columns.getColumnLabel(i), value == null ? "" : value);
      }
      all.add(row);
    }
    return all;
  }

  /** Rows of this person, told by name and birth date; deleted ones are none. */
  List<Map<String, String>> patients(String practice, Hospital.Patient patient) {
    return rows(
        practice,
        "select PatNum, HmPhone from patient where LName = ? and FName = ? and Birthdate = ? and PatStatus <> 4",
        patient.last(),
        patient.first(),
        patient.birth());
  }

  List<Map<String, String>> appointments(String practice, Hospital.Patient patient) {
    return rows(
        practice,
        """
        select a.AptNum, a.AptStatus, date_format(a.AptDateTime, '%Y-%m-%dT%H:%i') as at
        from appointment a join patient p on p.PatNum = a.PatNum
        where p.LName = ? and p.FName = ? and p.Birthdate = ? order by a.AptNum
        """,
        patient.last(),
        patient.first(),
        patient.birth());
  }
}
