package pontic.bench;

import java.util.List;
import java.util.Map;

/**
 * Where a rival's keyset paging stands: behind the last row that it read. Public, as camel-sql asks
 * it for parameters.
 */
public final class Cursor {
  private String since = "1970-01-02 00:00:00";
  private long afterKey = Long.MIN_VALUE;

  public String getSince() {
    return since;
  }

  public long getAfterKey() {
    return afterKey;
  }

  void behind(List<Map<String, Object>> page) {
    Map<String, Object> last = page.get(page.size() - 1);
    since = (String) last.get("stamp");
    afterKey = ((Number) last.get("cursor_key")).longValue();
  }
}
