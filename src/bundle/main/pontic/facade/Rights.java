package pontic.facade;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What scopes of SMART backend services allow: {@code system/Patient.c}, {@code system/*.cu} (v2)
 * and {@code system/*.write} (v1). Scopes of users and patients, and those narrowed by a search,
 * allow nothing here: nobody can hold a message against them.
 *
 * @param allowed by resource type, {@code *} for every
 */
record Rights(Map<String, Set<Action>> allowed) {
  private static final Pattern SCOPE =
      Pattern.compile("system/(\\*|[A-Za-z]{1,64})\\.(read|write|\\*|c?r?u?d?s?)");

  Rights {
    allowed = Map.copyOf(allowed);
  }

  /**
   * @param scopes parted by spaces
   */
  static Rights of(String scopes) {
    Map<String, Set<Action>> allowed = new HashMap<>();
    for (String scope : List.of(scopes.trim().split("\\s+"))) {
      Matcher matcher = SCOPE.matcher(scope);
      if (matcher.matches()) {
        allowed
            .computeIfAbsent(matcher.group(1), type -> EnumSet.noneOf(Action.class))
            .addAll(actions(matcher.group(2)));
      }
    }
    return new Rights(allowed);
  }

  private static Set<Action> actions(String letters) {
    if (letters.equals("write") || letters.equals("*")) {
      return EnumSet.allOf(Action.class);
    }
    Set<Action> actions = EnumSet.noneOf(Action.class);
    if (!letters.equals("read") && letters.contains("c")) {
      actions.add(Action.CREATE);
    }
    if (!letters.equals("read") && letters.contains("u")) {
      actions.add(Action.UPDATE);
    }
    return actions;
  }

  /** What both allow. */
  Rights within(Rights other) {
    Map<String, Set<Action>> both = new HashMap<>();
    for (Map.Entry<String, Set<Action>> each : allowed.entrySet()) {
      for (Map.Entry<String, Set<Action>> his : other.allowed.entrySet()) {
        boolean same = each.getKey().equals(his.getKey());
        if (same || each.getKey().equals("*") || his.getKey().equals("*")) {
          Set<Action> actions = EnumSet.noneOf(Action.class);
          actions.addAll(each.getValue());
          actions.retainAll(his.getValue());
          both.computeIfAbsent(
                  each.getKey().equals("*") ? his.getKey() : each.getKey(),
                  type -> EnumSet.noneOf(Action.class))
              .addAll(actions);
        }
      }
    }
    return new Rights(both);
  }

  boolean allow(String type, Action action) {
    return Stream.of("*", type)
        .anyMatch(each -> allowed.getOrDefault(each, Set.of()).contains(action));
  }
}
