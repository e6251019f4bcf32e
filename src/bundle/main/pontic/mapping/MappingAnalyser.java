package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.impl.AbstractNode;
import com.schibsted.spt.data.jslt.impl.DotExpression;
import com.schibsted.spt.data.jslt.impl.ForExpression;
import com.schibsted.spt.data.jslt.impl.FunctionDeclaration;
import com.schibsted.spt.data.jslt.impl.FunctionExpression;
import com.schibsted.spt.data.jslt.impl.LiteralExpression;
import com.schibsted.spt.data.jslt.impl.Location;
import com.schibsted.spt.data.jslt.impl.ObjectComprehension;
import com.schibsted.spt.data.jslt.impl.PipeOperator;
import com.schibsted.spt.data.jslt.impl.VariableExpression;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Walks a compiled mapping for the names that JSLT itself lets pass: fields, variables and code
 * tables.
 *
 * <p>JSLT does not publish its syntax tree, so this class, alone in the project, reads private
 * fields. It is written for version 0.1.14 and fails loudly if a field that it needs is gone.
 */
final class MappingAnalyser {
  /** Functions whose first argument is a code table. */
  private static final Set<String> CODES =
      Set.of("code", "code-unlisted", "knows-code", "has-codes");

  private static final String TREE = "com.schibsted.spt.data.jslt.impl.";

  /** What the parser derives from other nodes; following it would count names that nobody wrote. */
  private static final Set<String> DERIVED =
      Set.of("info", "contextQuery", "keys", "location", "filter");

  /** A name in the file where it stands; line 0 if the tree does not say. */
  record Use(String name, String file, int line, boolean topLevel) {}

  private final Map<Object, Boolean> visited = new IdentityHashMap<>();
  private final List<Use> fields = new ArrayList<>();
  private final List<Use> variables = new ArrayList<>();
  private final List<Use> tables = new ArrayList<>();
  private final Set<String> parameters = new TreeSet<>();

  private MappingAnalyser() {}

  static MappingAnalyser of(Expression expression) {
    MappingAnalyser analyser = new MappingAnalyser();
    Object slots = analyser.read(expression, "parameterSlots");
    if (slots instanceof Map<?, ?> given) {
      given.keySet().forEach(name -> analyser.parameters.add(name.toString()));
    }
    analyser.walk(expression, true);
    return analyser;
  }

  List<Use> fields() {
    return fields;
  }

  /** Names of the input's top level that the mapping reads. */
  Set<String> reads() {
    Set<String> names = new TreeSet<>();
    fields.stream().filter(Use::topLevel).forEach(use -> names.add(use.name()));
    return names;
  }

  /** Variables that no {@code let} and no parameter defines, so that the caller has to. */
  List<Use> freeVariables() {
    Map<String, Use> first = new HashMap<>();
    variables.stream()
        .filter(use -> parameters.contains(use.name()))
        .forEach(use -> first.putIfAbsent(use.name(), use));
    parameters.forEach(name -> first.putIfAbsent(name, new Use(name, "", 0, false)));
    return List.copyOf(first.values());
  }

  Set<String> needs() {
    return Collections.unmodifiableSet(parameters);
  }

  /** Code tables that {@code code("name", ...)} and its kin name. */
  List<Use> codeTables() {
    return tables;
  }

  private void walk(Object node, boolean top) {
    if (node == null || visited.put(node, true) != null) {
      return;
    }
    if (node instanceof Object[] array) {
      for (Object child : array) {
        walk(child, top);
      }
      return;
    }
    if (node instanceof Collection<?> collection) {
      collection.forEach(child -> walk(child, top));
      return;
    }
    if (node instanceof Map<?, ?> map) {
      map.values().forEach(child -> walk(child, top));
      return;
    }
    if (!node.getClass().getName().startsWith(TREE)) {
      return;
    }
    note(node, top);
    for (Class<?> type = node.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !DERIVED.contains(field.getName())) {
          walk(read(node, field), top && !changesContext(node, field.getName()));
        }
      }
    }
  }

  /** Where "." is no longer the input: inside loops, behind a pipe, in a function. */
  private static boolean changesContext(Object node, String field) {
    if (node instanceof ForExpression) {
      return !field.equals("valueExpr");
    }
    if (node instanceof ObjectComprehension) {
      return !field.equals("loop");
    }
    if (node instanceof PipeOperator) {
      return field.equals("right");
    }
    return node instanceof FunctionDeclaration || field.equals("matcher");
  }

  private void note(Object node, boolean top) {
    if (node instanceof DotExpression dot) {
      Object key = read(dot, "key");
      Object parent = read(dot, "parent");
      if (key != null) {
        boolean onInput =
            parent == null || (parent instanceof DotExpression up && read(up, "key") == null);
        fields.add(use(key.toString(), dot, top && onInput));
      }
    } else if (node instanceof VariableExpression variable) {
      variables.add(use(variable.getVariable(), variable, false));
    } else if (node instanceof FunctionExpression call && CODES.contains(call.getFunctionName())) {
      Object[] arguments = (Object[]) read(call, "arguments");
      literal(arguments[0]).ifPresent(name -> tables.add(use(name, call, false)));
    }
  }

  private Optional<String> literal(Object node) {
    if (node instanceof LiteralExpression
        && read(node, "value") instanceof JsonNode value
        && value.isTextual()) {
      return Optional.of(value.asText());
    }
    return Optional.empty();
  }

  private static Use use(String name, AbstractNode node, boolean top) {
    Location at = node.getLocation();
    return at == null
        ? new Use(name, "", 0, top)
        : new Use(name, at.getSource(), at.getLine(), top);
  }

  private Object read(Object node, String name) {
    for (Class<?> type = node.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          return read(node, field);
        }
      }
    }
    throw new IllegalStateException(
        "JSLT's " + node.getClass().getSimpleName() + " has no field " + name);
  }

  private Object read(Object node, Field field) {
    try {
      field.setAccessible(true);
      return field.get(node);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("JSLT's " + field + " cannot be read", e);
    }
  }
}
