package pontic.store;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Tells what kind of failure an SQL error is, in the same terms for both databases. */
final class SqlErrors {
  private static final Set<String> CONFLICTS = Set.of("40001", "40P01");
  private static final Set<String> STORAGE_CLASSES = Set.of("08", "53", "57", "58", "XX");

  /** Lock timeout, read-only server, session ended while idle in a transaction. */
  private static final Set<String> STORAGE_STATES = Set.of("55P03", "25006", "25P03");

  private static final Set<Integer> STORAGE_CODES =
      Set.of(
          SQLiteErrorCode.SQLITE_PERM.code,
          SQLiteErrorCode.SQLITE_BUSY.code,
          SQLiteErrorCode.SQLITE_LOCKED.code,
          SQLiteErrorCode.SQLITE_NOMEM.code,
          SQLiteErrorCode.SQLITE_READONLY.code,
          SQLiteErrorCode.SQLITE_IOERR.code,
          SQLiteErrorCode.SQLITE_CORRUPT.code,
          SQLiteErrorCode.SQLITE_FULL.code,
          SQLiteErrorCode.SQLITE_CANTOPEN.code,
          SQLiteErrorCode.SQLITE_NOTADB.code);

  private static final Set<Integer> DISK_CODES =
      Set.of(SQLiteErrorCode.SQLITE_IOERR.code, SQLiteErrorCode.SQLITE_FULL.code);

  private SqlErrors() {}

  /** The SQL error below an exception, if there is one. */
  static Optional<SQLException> below(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        return Optional.of(sql);
      }
    }
    return Optional.empty();
  }

  /** The database could not store or be reached; the unit itself may be sound. */
  static boolean isStorage(SQLException e) {
    if (e instanceof SQLiteException) {
      return STORAGE_CODES.contains(primary(e));
    }
    String state = state(e);
    return STORAGE_STATES.contains(state)
        || (state.length() == 5 && STORAGE_CLASSES.contains(state.substring(0, 2)));
  }

  /**
   * There is no room, or the disk or system fails the database: SQL state 53100 and class 58 of
   * PostgreSQL. The rest of class 53 is memory, connections and limits of its configuration.
   */
  static boolean isDisk(SQLException e) {
    return e instanceof SQLiteException
        ? DISK_CODES.contains(primary(e))
        : state(e).equals("53100") || state(e).startsWith("58");
  }

  /** Two units got into each other's way and one was chosen to go again. */
  static boolean isConflict(SQLException e) {
    return CONFLICTS.contains(state(e));
  }

  /** What was to be stored breaks a constraint: the database surely took nothing. */
  static boolean isConstraint(SQLException e) {
    return e instanceof SQLiteException
        ? primary(e) == SQLiteErrorCode.SQLITE_CONSTRAINT.code
        : state(e).startsWith("23");
  }

  /**
   * SQLite gives no SQL states, so its codes are translated here; the text holds the statement and
   * no parameter.
   */
  static DataAccessException translate(String task, String sql, SQLException e) {
    if (e instanceof SQLiteException sqlite) {
      SQLiteErrorCode code = sqlite.getResultCode();
      if (code == SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY
          || code == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE) {
        return new DuplicateKeyException(task + "; SQL [" + sql + "]; " + e.getMessage(), e);
      }
      if (isConstraint(e)) {
        return new DataIntegrityViolationException(
            task + "; SQL [" + sql + "]; " + e.getMessage(), e);
      }
      return new UncategorizedSQLException(task, sql, e);
    }
    DataAccessException known = new SQLStateSQLExceptionTranslator().translate(task, sql, e);
    return known == null ? new UncategorizedSQLException(task, sql, e) : known;
  }

  /**
   * What the caller of a unit is to see: a failure of storage becomes a {@link StoreException}, all
   * else stays as it was thrown.
   */
  static Throwable forCaller(Throwable thrown) {
    if (thrown instanceof DataAccessException || thrown instanceof SQLException) {
      Optional<SQLException> sql = below(thrown).filter(e -> isStorage(e) || isConflict(e));
      if (sql.isPresent()) {
        return new StoreException(
            "The store could not take a unit and has nothing of it: " + reason(sql.get()), thrown);
      }
    }
    return thrown;
  }

  /** Code and the first line of the database's words. */
  static String reason(SQLException e) {
    String text =
        e.getMessage() == null
            ? e.getClass().getSimpleName()
            : e.getMessage().lines().findFirst().orElse("");
    return state(e).isEmpty() ? text : text + " (SQL state " + state(e) + ")";
  }

  private static int primary(SQLException e) {
    return e.getErrorCode() & 0xff;
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }
}
