package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a planner says about the head of a lane. */
public sealed interface Decision {

  /** It must read first. */
  record Ask(ApiRequest request) implements Decision {}

  /**
   * It wants this written.
   *
   * @param baseline what settle will need to know of the time before
   * @param half what stands half written while this work goes on
   */
  record Write(ApiRequest request, JsonNode baseline, Half half) implements Decision {
    /** Whole by itself. */
    public Write(ApiRequest request, JsonNode baseline) {
      this(request, baseline, Half.NONE);
    }
  }

  /**
   * Something that takes several writes (decision 0302).
   *
   * @param held kinds of records of the patient of which nothing is sent out until the work has
   *     ended
   * @param yields whether messages about patients and appointments may go before this write
   */
  record Half(List<String> held, boolean yields) {
    /** Nothing. */
    public static final Half NONE = new Half(List.of(), false);

    public Half {
      held = List.copyOf(held);
    }
  }

  /** The patient is this one; remember it and plan on. */
  record Identified(long patNum) implements Decision {}

  /** The appointment is this one; remember it and plan on. */
  record Booked(long aptNum) implements Decision {}

  /**
   * All is as the message wants it.
   *
   * @param asserted what the sender said, by kind (Patient, Appointment), for the next three-way
   *     merge; of a row of the patient by its type, # and which row it is
   * @param bookingState new state of the booking, "" to leave it
   * @param flipping fields that were left since two systems set them against each other
   * @param stands what the message says and Open Dental already held when it was read
   * @param rows of the patient's chart that the message's resources are
   * @param doublyBooked the visit landed at a time that somebody else has
   */
  record Done(
      boolean landed,
      Map<String, Long> keys,
      Map<String, JsonNode> asserted,
      String bookingState,
      List<String> warnings,
      List<String> flipping,
      Optional<Written> stands,
      List<Row> rows,
      Optional<DoublyBooked> doublyBooked)
      implements Decision {

    public Done {
      rows = List.copyOf(rows);
    }

    /** Of no visit that somebody else's time is. */
    public Done(
        boolean landed,
        Map<String, Long> keys,
        Map<String, JsonNode> asserted,
        String bookingState,
        List<String> warnings,
        List<String> flipping,
        Optional<Written> stands,
        List<Row> rows) {
      this(
          landed, keys, asserted, bookingState, warnings, flipping, stands, rows, Optional.empty());
    }

    /** The same with one warning more. */
    public Done with(String warning) {
      return new Done(
          landed,
          keys,
          asserted,
          bookingState,
          Stream.concat(warnings.stream(), Stream.of(warning)).toList(),
          flipping,
          stands,
          rows,
          doublyBooked);
    }

    /**
     * The same, and its sender has said this too.
     *
     * @param kind as in {@code asserted}
     */
    public Done asserting(String kind, JsonNode fields) {
      Map<String, JsonNode> both = new HashMap<>(asserted);
      both.put(kind, fields);
      return new Done(
          landed, keys, both, bookingState, warnings, flipping, stands, rows, doublyBooked);
    }

    /**
     * The same at a time that somebody else has.
     *
     * @param parked whether a person has to look
     */
    public Done doublyBooked(String what, boolean parked) {
      return new Done(
          landed,
          keys,
          asserted,
          bookingState,
          Stream.concat(warnings.stream(), Stream.of(what)).toList(),
          flipping,
          stands,
          rows,
          Optional.of(new DoublyBooked(what, parked)));
    }

    /** Of no row of a chart. */
    public Done(
        boolean landed,
        Map<String, Long> keys,
        Map<String, JsonNode> asserted,
        String bookingState,
        List<String> warnings,
        List<String> flipping,
        Optional<Written> stands) {
      this(landed, keys, asserted, bookingState, warnings, flipping, stands, List.of());
    }
  }

  /**
   * Two visits in one time.
   *
   * @param what in words, without patient data
   * @param parked whether a person has to look
   */
  record DoublyBooked(String what, boolean parked) {}

  /**
   * A row of the patient's chart that a resource of the message is.
   *
   * @param record kind of the record that capture makes of it: {@code AllergyIntolerance:allergy}
   * @param key primary key of the row
   * @param identifiers FHIR Identifiers by which the sender calls it
   * @param said what the message says of it, unless a write told that already
   */
  record Row(String record, long key, List<JsonNode> identifiers, Optional<Written> said) {
    public Row {
      identifiers = List.copyOf(identifiers);
    }

    /** Without the identifiers: they are a patient's. */
    @Override
    public String toString() {
      return record + " " + key;
    }
  }

  /**
   * A create on condition that there is none yet: there is one.
   *
   * @param keys of the row
   */
  record StandsAlready(Map<String, Long> keys) implements Decision {}

  /** A create on condition that there is none yet: what was to be there was never made. */
  record NeverMade() implements Decision {}

  /**
   * Nothing of it is left to do: a newer message of its sender has said otherwise.
   *
   * @param bySeq place of that message among the practice's messages
   */
  record Superseded(long bySeq, List<String> warnings) implements Decision {}

  /**
   * The practice does not allow this write at present; it goes on when the practice does.
   *
   * @param write its name, {@code patients.post}
   */
  record Wait(String write, String reason) implements Decision {}

  /**
   * It cannot stand for the older ones: each is played by itself, or a person looks if it has
   * begun.
   */
  record Apart() implements Decision {}

  /**
   * A person must look at it.
   *
   * @param candidates PatNums of those who may be meant; keys of other rows stand in the reason
   */
  record Hold(String reason, List<Long> candidates) implements Decision {}

  /**
   * It cannot be done, and asking again would not help.
   *
   * @param warnings what else is to be said of it
   */
  record Refuse(String reason, List<String> warnings) implements Decision {
    public Refuse {
      warnings = List.copyOf(warnings);
    }

    public Refuse(String reason) {
      this(reason, List.of());
    }
  }

  /**
   * The practice said what it is and allows.
   *
   * @param writesOn names of the writes that it allows
   */
  record Connected(JsonNode capabilities, List<String> writesOn) implements Decision {}

  /**
   * The practice's subscriptions were looked at.
   *
   * @param tables by table: whether its events come, and why not
   * @param urls addresses under which subscriptions of ours may stand
   */
  record Subscribed(JsonNode tables, List<String> urls) implements Decision {}

  /**
   * What the API's log says that our key did since the last look.
   *
   * @param seen entries of the log that were looked at so far
   * @param newest number of the last of them
   * @param whole whether there are no more
   * @param ordered whether the log goes on where the last look ended; else nothing can be told
   */
  record Logged(
      long seen,
      long newest,
      boolean whole,
      boolean ordered,
      List<LogEntry> entries,
      LogRules rules)
      implements Decision {}

  /**
   * An entry of the API's log.
   *
   * @param type what was done
   */
  record LogEntry(String type, long patNum) {}

  /** Nothing more to do for work of Pontic's own. */
  record Watched(boolean doubled, String what) implements Decision {}

  /**
   * Rows that stand by a write that was looked for in vain and not made again, unless a message has
   * them after all.
   *
   * @param column of their keys
   * @param remedy what a person does about one that nobody has
   */
  record Late(String column, List<Long> keys, String remedy) implements Decision {}
}
