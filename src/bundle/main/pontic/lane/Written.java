package pontic.lane;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a write makes true in the practice's database, or what a message says that stands there
 * already.
 *
 * @param resource FHIR type that the row becomes
 * @param key primary key of the row; 0 while nobody knows which one a create made
 * @param columns column of the database to its value, as capture shows it
 */
public record Written(String resource, long key, ObjectNode columns) {

  /** Without the columns: they are a patient's. */
  @Override
  public String toString() {
    return resource + " " + key;
  }
}
