package pontic.mapping;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A resource of the API whose rows are made and changed by the general plan, as {@code
 * mappings/write/<name>.yaml} says.
 *
 * @param name of the API's resource: {@code allergies}
 * @param takes FHIR type that its rows are made of; blank for a list of definitions
 * @param mapping name of the mapping from that type; blank if {@code takes} is
 * @param also other FHIR types that its rows are made of, each with its mapping
 * @param key primary key of its rows
 * @param patient field that says whose row it is; blank if none does
 * @param rows path of the list, or of the one row if it has a key in braces
 * @param filter parameter of the list that takes the PatNum, or narrows a list of definitions;
 *     blank for none
 * @param filterSince first version that narrows a list of definitions by it
 * @param define the definition that a row points to
 * @param same fields in which a row is the one that is meant, if no reference of ours stands in it
 * @param apart fields that keep two such rows apart where both are filled and differ
 * @param once fields of money that is booked once under each of its numbers, whoever tells of it:
 *     who says them otherwise is refused (decision 0420); empty for a kind whose numbers are those
 *     of its sender alone
 * @param marker field in which our reference stands; blank for none
 * @param named fields that name a row to which its sender gives no number; empty: each message
 *     means another
 * @param note field that what fits nowhere may be written into; blank for none
 * @param nameField of a definition: its name
 * @param skip of a definition: the flag of rows of the list that are none; blank for none
 * @param codes of a definition: field to the system of the code that it holds
 * @param fields who decides each
 * @param parts the rows that make one of its rows whole; empty if it is whole by itself
 * @param tells kind of record that capture makes of its rows; blank if it makes none, and of rows
 *     that belong to others if nobody is told of a row that is not whole
 */
public record RowKind(
    String name,
    String takes,
    String mapping,
    Map<String, String> also,
    String key,
    String patient,
    String rows,
    String filter,
    String filterSince,
    Optional<Define> define,
    List<String> same,
    List<String> apart,
    List<String> once,
    String marker,
    List<String> named,
    String note,
    String nameField,
    String skip,
    Map<String, String> codes,
    Map<String, Field> fields,
    Optional<WriteTerms> post,
    Optional<WriteTerms> put,
    Optional<Parts> parts,
    String tells) {

  public RowKind {
    also = Map.copyOf(also);
    same = List.copyOf(same);
    apart = List.copyOf(apart);
    once = List.copyOf(once);
    named = List.copyOf(named);
    codes = Map.copyOf(codes);
    fields = Map.copyOf(fields);
  }

  /**
   * @param as field that points to it
   * @param in kind of the definitions, or of rows that the same resource becomes
   * @param take field of the definition that it is given; blank: its key
   */
  public record Define(String as, String in, String take) {
    /** The field of a definition that {@code as} is given. */
    public String takes(RowKind definitions) {
      return take.isBlank() ? definitions.key() : take;
    }
  }

  /**
   * Rows that belong to a row and are written one by one after it (decision 0301).
   *
   * @param in kind of the rows
   * @param of field of theirs that holds the key of the row
   * @param undo the write that takes the row back with all its parts, where one cannot be written
   */
  public record Parts(String in, String of, WriteTerms undo) {}

  /**
   * @param reason a sentence for the person who edits the file
   * @param since first version that takes it; blank: as old as the write
   */
  public record Field(Ownership.Owner owner, String reason, String since) {}

  /** Whether a message may change a row of it, field by field. */
  public boolean isChanged() {
    return !takes.isBlank() && put.isPresent() && parts.isEmpty();
  }

  /** By FHIR type that its rows are made of, the mapping that makes them. */
  public Map<String, String> mappings() {
    Map<String, String> mappings = new TreeMap<>(also);
    if (!takes.isBlank()) {
      mappings.put(takes, mapping);
    }
    return mappings;
  }

  /** Whether one number is one row, whoever tells of it. */
  public boolean isOnce() {
    return !once.isEmpty();
  }

  /** Of a definition: the fields in which one is the one that is meant. */
  public List<String> naming() {
    return same.isEmpty() ? List.of(nameField) : same;
  }

  /** One row by its own path, not a list. */
  public boolean single() {
    return rows.contains("{");
  }

  /** FHIR types that kinds are made of. */
  static Set<String> types() {
    return Set.of(
        "Patient",
        "AllergyIntolerance",
        "Condition",
        "MedicationStatement",
        "MedicationRequest",
        "Communication",
        "DocumentReference",
        "ServiceRequest",
        "Observation",
        "Procedure",
        "Coverage",
        "PaymentReconciliation");
  }
}
