package pontic;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeExchangeException;
import org.apache.camel.component.sql.DefaultSqlEndpoint;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;
import org.apache.camel.component.sql.SqlPrepareStatementStrategy;
import org.apache.camel.spi.EndpointStrategy;

/**
 * Parses a statement of {@code sql/} once and not at each tick: a clock that asks what is due, and
 * a capture route with many feeds, spent more on that than on the query (decision 0178). Values are
 * found as Camel finds them: in a map as the body, the headers, the variables. Statements with
 * anything but plain names are left to Camel.
 */
final class NamedParameters implements SqlPrepareStatementStrategy, EndpointStrategy {
  /** As the component hands them over: it has written a question mark for each {@code #}. */
  private static final Pattern NAME = Pattern.compile(":\\?(\\w+)(?![\\w:])");

  private static final Pattern OTHER = Pattern.compile(":\\?(?:in:|\\$)");

  /**
   * Offices and feeds are fewer; whoever builds statements by the row is not remembered for ever.
   */
  private static final int MOST = 20_000;

  private final SqlPrepareStatementStrategy usual = new DefaultSqlPrepareStatementStrategy();
  private final Map<String, Optional<Statement>> parsed = new ConcurrentHashMap<>();

  private record Statement(String text, List<String> names) {}

  /** Every sql endpoint that did not ask for a way of its own gets this one. */
  @Override
  public Endpoint registerEndpoint(String uri, Endpoint endpoint) {
    if (endpoint instanceof DefaultSqlEndpoint sql && sql.getPrepareStatementStrategy() == null) {
      sql.setPrepareStatementStrategy(this);
    }
    return endpoint;
  }

  @Override
  public String prepareQuery(String query, boolean allowNamedParameters, Exchange exchange)
      throws java.sql.SQLException {
    Optional<Statement> known = allowNamedParameters ? statement(query) : Optional.empty();
    return known.isPresent()
        ? known.get().text()
        : usual.prepareQuery(query, allowNamedParameters, exchange);
  }

  @Override
  public Iterator<?> createPopulateIterator(
      String query, String preparedQuery, int expectedParams, Exchange exchange, Object value)
      throws java.sql.SQLException {
    Optional<Statement> known = statement(query);
    return known.isPresent()
        ? values(known.get(), exchange, value).iterator()
        : usual.createPopulateIterator(query, preparedQuery, expectedParams, exchange, value);
  }

  @Override
  public void populateStatement(
      java.sql.PreparedStatement statement, Iterator<?> values, int expectedParams)
      throws java.sql.SQLException {
    usual.populateStatement(statement, values, expectedParams);
  }

  private Optional<Statement> statement(String query) {
    if (parsed.size() > MOST) {
      parsed.clear();
    }
    return parsed.computeIfAbsent(query, NamedParameters::parse);
  }

  private static Optional<Statement> parse(String query) {
    if (OTHER.matcher(query).find()) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    Matcher found = NAME.matcher(query);
    while (found.find()) {
      names.add(found.group(1));
    }
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(new Statement(found.replaceAll("?"), List.copyOf(names)));
  }

  private static List<Object> values(Statement statement, Exchange exchange, Object body) {
    Map<?, ?> inBody =
        Optional.<Map<?, ?>>ofNullable(
                exchange.getContext().getTypeConverter().tryConvertTo(Map.class, exchange, body))
            .orElse(Map.of());
    List<Object> values = new ArrayList<>();
    for (String name : statement.names()) {
      if (inBody.containsKey(name)) {
        values.add(inBody.get(name));
      } else if (exchange.getMessage().getHeaders().containsKey(name)) {
        values.add(exchange.getMessage().getHeader(name));
      } else if (exchange.hasVariables() && exchange.getVariables().containsKey(name)) {
        values.add(exchange.getVariable(name));
      } else {
        throw new RuntimeExchangeException(
            "The statement asks for :#" + name + ", which no header and no map as the body has",
            exchange);
      }
    }
    return values;
  }
}
