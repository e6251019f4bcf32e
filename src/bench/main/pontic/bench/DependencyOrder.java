package pontic.bench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is referred to before what refers to it; what refers to each other, together. A server that
 * checks references takes nothing else (Tarjan's strongly connected components).
 */
final class DependencyOrder {
  private final Map<String, List<String>> references;
  private final Map<String, Integer> found = new HashMap<>();
  private final Map<String, Integer> lowest = new HashMap<>();
  private final Deque<String> open = new ArrayDeque<>();
  private final Map<String, Boolean> isOpen = new HashMap<>();
  private final List<List<String>> order = new ArrayList<>();

  private DependencyOrder(Map<String, List<String>> references) {
    this.references = references;
  }

  /**
   * @param references by what refers; those to others than its keys do not count
   * @return each key once; mostly alone
   */
  static List<List<String>> of(Map<String, List<String>> references) {
    DependencyOrder ordering = new DependencyOrder(references);
    for (String each : references.keySet()) {
      if (!ordering.found.containsKey(each)) {
        ordering.visit(each);
      }
    }
    return ordering.order;
  }

  /** As deep as references go from one to the next. */
  private void visit(String one) {
    int number = found.size();
    found.put(one, number);
    lowest.put(one, number);
    open.push(one);
    isOpen.put(one, true);
    for (String other : references.get(one)) {
      if (!references.containsKey(other)) {
        continue;
      }
      if (!found.containsKey(other)) {
        visit(other);
        lowest.merge(one, lowest.get(other), Math::min);
      } else if (isOpen.get(other)) {
        lowest.merge(one, found.get(other), Math::min);
      }
    }
    if (lowest.get(one) == number) {
      List<String> together = new ArrayList<>();
      String last;
      do {
        last = open.pop();
        isOpen.put(last, false);
        together.add(last);
      } while (!last.equals(one));
      order.add(together);
    }
  }
}
