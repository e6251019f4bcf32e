package pontic.house;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What the embedded store does for each statement that it is given while this is open. A statement
 * that looks at each row of a table that grows gets slower with each message, and the one writer
 * with it.
 */
public final class QueryPlans implements AutoCloseable {
  private static final Pattern STATEMENT =
      Pattern.compile("Executing (?:prepared )?SQL [a-z]+ \\[(.*)]", Pattern.DOTALL);
  private static final Pattern SCAN =
      Pattern.compile(
          "(?:SCAN (\\w+)|SEARCH (\\w+) USING (?:COVERING )?INDEX \\w+ \\(practice=\\?(?: AND destination=\\?)?\\)).*");

  private static final Pattern INDEX = Pattern.compile("INDEX (\\w+)");
  private static final Pattern END =
      Pattern.compile("select (?:coalesce\\()?(?:max|min)\\((?:\\w+\\.)?\\w+\\)");

  /** As many rows as there are practices, destinations or feeds, however long Pontic runs. */
  private static final Set<String> SMALL =
      Set.of(
          "lane",
          "lease",
          "pause",
          "feed",
          "sending",
          "question",
          "breach",
          "watermark",
          "store_copy",
          "reconcile",
          "reread",
          "unmapped_code");

  /** Asked once a start. */
  private static final String AT_START = "select distinct resource from record where practice = ?";

  /**
   * What waits, and what was answered to the few that want to hear: it may be counted, but nothing
   * is done to one of it by a look at all.
   */
  private static final Set<String> COUNTED = Set.of("due", "answer");

  private static final int FEWEST = 100;

  private final Set<String> statements = ConcurrentHashMap.newKeySet();
  private final Logger logger = (Logger) LoggerFactory.getLogger(JdbcTemplate.class);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getThreadName().equals("main")) {
            // The test's own question.
            return;
          }
          Matcher statement = STATEMENT.matcher(event.getFormattedMessage());
          if (statement.find()) {
            statements.add(statement.group(1));
          }
        }
      };

  public QueryPlans() {
    appender.start();
    logger.addAppender(appender);
    logger.setAdditive(false);
    logger.setLevel(Level.DEBUG);
  }

  /**
   * Statements of the store that look at each row of a table that grows, with what they do.
   *
   * @param data the folder of the embedded store
   */
  public Set<String> scans(Path data) throws SQLException {
    Set<String> scans = new TreeSet<>();
    try (Connection store =
        DriverManager.getConnection("jdbc:sqlite:" + data.resolve("store/state.db"))) {
      long known =
          statements.stream().filter(statement -> isOfStore(store, statement, scans)).count();
      if (known < FEWEST) {
        throw new AssertionError("only " + known + " statements of the store were seen");
      }
    }
    return scans;
  }

  /** False if the store does not understand it. */
  private static boolean isOfStore(Connection store, String statement, Set<String> scans) {
    try (PreparedStatement plan = store.prepareStatement("explain query plan " + statement)) {
      for (int i = 1; i <= plan.getParameterMetaData().getParameterCount(); i++) {
        plan.setObject(i, null);
      }
      try (ResultSet steps = plan.executeQuery()) {
        while (steps.next()) {
          String step = steps.getString("detail");
          Matcher scan = SCAN.matcher(step);
          if (scan.matches()
              && !statement.equals(AT_START)
              && !isSmall(scan, statement)
              && !looksAtOneEnd(step, statement)
              && !isPartial(store, step)) {
            scans.add(step + " for " + statement.strip().replaceAll("\\s+", " "));
          }
        }
      }
      return true;
    } catch (SQLException e) {
      // Not the store's: an office's database was asked.
      return false;
    }
  }

  /** The least or greatest of an index is at one of its ends. */
  private static boolean looksAtOneEnd(String step, String statement) {
    return step.contains("COVERING INDEX") && END.matcher(statement).find();
  }

  /** An index of what is open or waits is as small as that. */
  private static boolean isPartial(Connection store, String step) throws SQLException {
    Matcher index = INDEX.matcher(step);
    if (!index.find()) {
      return false;
    }
    try (PreparedStatement made =
        store.prepareStatement("select sql from sqlite_master where type = 'index' and name = ?")) {
      made.setString(1, index.group(1));
      try (ResultSet sql = made.executeQuery()) {
        return sql.next() && String.valueOf(sql.getString(1)).contains(" where ");
      }
    }
  }

  private static boolean isSmall(Matcher scan, String statement) {
    String alias = scan.group(1) == null ? scan.group(2) : scan.group(1);
    Matcher named =
        Pattern.compile("\\b(?:from|join)\\s+(\\w+)\\s+(?:as\\s+)?" + alias + "\\b")
            .matcher(statement);
    String table = named.find() ? named.group(1) : alias;
    boolean reads = statement.strip().startsWith("select");
    return SMALL.contains(table) || (COUNTED.contains(table) && reads);
  }

  @Override
  public void close() {
    logger.setLevel(null);
    logger.setAdditive(true);
    logger.detachAppender(appender);
  }
}
