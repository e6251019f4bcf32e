package pontic.facade;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import pontic.mapping.Writes;

/**
 * What a practice offers of what can be written at all. What it has switched off is not offered;
 * what cannot be made for now, as without a permission, is offered and said (decision 0396).
 */
final class Offer {
  private final Writes table;
  private final boolean isSwitchedOff;
  private final boolean isKnown;
  private final Set<String> chosenOff;

  /** Reasons by write. */
  private final Map<String, String> off;

  private Offer(
      Writes table,
      boolean isSwitchedOff,
      boolean isKnown,
      Set<String> chosenOff,
      Map<String, String> off) {
    this.table = table;
    this.isSwitchedOff = isSwitchedOff;
    this.isKnown = isKnown;
    this.chosenOff = Set.copyOf(chosenOff);
    this.off = Map.copyOf(off);
  }

  /**
   * @param isSwitchedOff its API is, as a whole
   * @param writes of the capabilities of its lane; missing until it was asked
   */
  static Offer of(Writes table, boolean isSwitchedOff, JsonNode writes) {
    Set<String> chosenOff = new HashSet<>();
    Map<String, String> off = new TreeMap<>();
    writes
        .properties()
        .forEach(
            write -> {
              if (!write.getValue().path("on").asBoolean()) {
                off.put(write.getKey(), write.getValue().path("reason").asText());
              }
              if (write.getValue().path("chosen").asBoolean()) {
                chosenOff.add(write.getKey());
              }
            });
    return new Offer(table, isSwitchedOff, writes.isObject(), chosenOff, off);
  }

  /** Whether one that is not there may be made. */
  boolean makes(String type) {
    return table.ways(type).filter(ways -> !isAny(ways.making())).isEmpty();
  }

  /** Whether one may be put, which makes or changes it. */
  boolean puts(String type) {
    return makes(type) || table.ways(type).filter(ways -> !isAny(ways.changing())).isEmpty();
  }

  private boolean isAny(List<Set<String>> ways) {
    return ways.stream().anyMatch(way -> way.stream().noneMatch(chosenOff::contains));
  }

  /** Why an interaction is not offered; empty if it is. */
  Optional<String> refusal(String type, Action action) {
    boolean isOffered = action == Action.CREATE ? makes(type) : puts(type);
    return isOffered
        ? Optional.empty()
        : Optional.of(
            type
                + (puts(type) ? " is not created here: " : " is not taken here: ")
                + reasons(type, true));
  }

  /** What cannot be made of a type, with the reasons; empty if all of it can. */
  Optional<String> told(String type) {
    Optional<Writes.Ways> ways = table.ways(type);
    if (ways.isEmpty()) {
      return Optional.empty();
    }
    if (!puts(type)) {
      return Optional.of("Off at this practice: " + reasons(type, true) + ".");
    }
    if (isSwitchedOff || !isKnown) {
      return Optional.of(
          (isSwitchedOff
                  ? "The practice's API is switched off"
                  : "The practice was not asked yet what it can take")
              + ": what is sent waits.");
    }
    String reasons = reasons(type, false);
    return reasons.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Off at this practice: "
                + reasons
                + ". What needs one of these is left out or waits, and its receipt says so.");
  }

  private String reasons(String type, boolean onlyChosen) {
    Set<String> all = table.ways(type).map(Writes.Ways::all).orElse(Set.of());
    return new TreeMap<>(off)
        .entrySet().stream()
            .filter(write -> all.contains(write.getKey()))
            .filter(write -> !onlyChosen || chosenOff.contains(write.getKey()))
            .map(write -> write.getKey() + " is off: " + write.getValue())
            .collect(Collectors.joining("; "));
  }
}
