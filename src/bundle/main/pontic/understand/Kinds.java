package pontic.understand;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the façade takes ({@code mappings/fhir/kinds.yaml}).
 *
 * @param kinds by resource type
 * @param messages by {@code system|code} of MessageHeader.event
 */
public record Kinds(Map<String, Kind> kinds, Map<String, Message> messages) {

  /** The words between a type and the event that a message named: {@code Appointment#cancel}. */
  private static final String NAMED = "#";

  /** How what was posted comes, among {@link Kind#urgent}. */
  public static final String CREATE = "create";

  /** How what was put comes. */
  public static final String UPDATE = "update";

  /** The event of what is taken with what refers to it in its request, and never by itself. */
  public static final String CARRIED = "carried";

  /** A file leaves out what does not apply. */
  public Kinds {
    kinds = kinds == null ? Map.of() : Map.copyOf(kinds);
    messages = messages == null ? Map.of() : Map.copyOf(messages);
  }

  /**
   * A resource type.
   *
   * @param event what one that comes alone means: update, book ...; {@link Event#REFUSE}, {@link
   *     #CARRIED}
   * @param needs elements without which nothing can be done with one
   * @param reason for clients: why it is refused; else ""
   * @param urgent those for which somebody waits: {@link #CREATE}, {@link #UPDATE}, or the event of
   *     a FHIR message (decision 0337)
   */
  public record Kind(String event, List<String> needs, String reason, List<String> urgent) {
    /** A file leaves out what does not apply. */
    public Kind {
      needs = needs == null ? List.of() : List.copyOf(needs);
      urgent = urgent == null ? List.of() : List.copyOf(urgent);
      reason = reason == null ? "" : reason;
    }

    /** Whether its patient is only named ({@link Event#CHART}). */
    public boolean isOfChart() {
      return event.equals(Event.CHART);
    }
  }

  /**
   * An event of FHIR messages.
   *
   * @param kind resource type of its focus
   * @param event what it means
   */
  public record Message(String kind, String event) {}

  /** What one resource type means by itself; empty if it is not taken so. */
  public Optional<Kind> kind(String type) {
    return Optional.ofNullable(kinds.get(type))
        .filter(kind -> !kind.event().equals(Event.REFUSE) && !kind.event().equals(CARRIED));
  }

  /** Whether a type is taken with what refers to it, and not by itself. */
  public boolean carries(String type) {
    return kinds.containsKey(type) && kinds.get(type).event().equals(CARRIED);
  }

  /** Resource types that are {@link #CARRIED}, in order. */
  public List<String> carried() {
    return kinds.keySet().stream().filter(this::carries).sorted().toList();
  }

  /** Why a resource type is not taken by itself; "" if nothing is said. */
  public String refusal(String type) {
    return Optional.ofNullable(kinds.get(type)).map(Kind::reason).orElse("");
  }

  /** Resource types that are taken, in order. */
  public List<String> taken() {
    return kinds.keySet().stream().filter(type -> kind(type).isPresent()).sorted().toList();
  }

  /** The type of a message's part as the store has it. */
  public static String named(Message message) {
    return message.kind() + NAMED + message.event();
  }

  /**
   * @param type as the store has it: {@code Patient/update}, {@code Appointment#cancel}
   * @return empty if it is not taken any more
   */
  public Optional<String> event(String type) {
    int named = type.indexOf(NAMED);
    return named >= 0
        ? Optional.of(type.substring(named + 1))
        : kind(type.split("/", 2)[0]).map(Kind::event);
  }

  /**
   * Whether somebody waits for messages of a type.
   *
   * @param type as the store has it
   */
  public boolean urgent(String type) {
    int named = type.indexOf(NAMED);
    String[] parts = type.substring(0, named < 0 ? type.length() : named).split("/", 2);
    String came = named >= 0 ? type.substring(named + 1) : parts.length > 1 ? parts[1] : CREATE;
    return kind(parts[0]).filter(kind -> kind.urgent().contains(came)).isPresent();
  }
}
