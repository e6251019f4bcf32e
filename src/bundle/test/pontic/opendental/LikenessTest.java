package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import pontic.mapping.MatchRules;
import pontic.opendental.Likeness.Result;

final class LikenessTest {
  private static final MatchRules RULES = MatchRules.shipped(Path.of("../../mappings"));

  @Test
  void nameBirthDateAndOneMoreAreThePatient() {
    Result result =
        find(message("Ash", "Nora", "503-555-0101"), row(7, "ASH", "Nóra", "(503) 555-0101"));
    assertEquals(new Result.Same(7), result);
  }

  @Test
  void nameAndBirthDateAloneAreADoubt() {
    assertDoubt(List.of(7L), find(message("Ash", "Nora", ""), row(7, "Ash", "Nora", "5035550101")));
  }

  @Test
  void aTwinIsADoubtAndNotTheOther() {
    assertDoubt(
        List.of(7L),
        find(message("Ash", "Nora", "5035550101"), row(7, "Ash", "Nell", "5035550101")));
  }

  @Test
  void theTwinThatIsMeantIsFoundBesideTheOther() {
    Result result =
        find(
            message("Ash", "Nora", "5035550101"),
            row(7, "Ash", "Nell", "5035550101"),
            row(8, "Ash", "Nora", "5035550101"));
    assertEquals(new Result.Same(8), result);
  }

  @Test
  void twoThatFitAreADoubt() {
    assertDoubt(
        List.of(7L, 8L),
        find(
            message("Ash", "Nora", "5035550101"),
            row(7, "Ash", "Nora", "5035550101"),
            row(8, "Ash", "Nora", "5035550101")));
  }

  @Test
  void anotherLastNameWithFirstNameBirthDateAndPhoneIsADoubt() {
    assertDoubt(
        List.of(7L),
        find(message("Birch", "Nora", "5035550101"), row(7, "Ash", "Nora", "5035550101")));
  }

  @Test
  void anArchivedPatientIsADoubtAndADeletedOneIsNobody() {
    ObjectNode archived = row(7, "Ash", "Nora", "5035550101").put("PatStatus", "Archived");
    ObjectNode deleted = row(8, "Ash", "Nora", "5035550101").put("PatStatus", "Deleted");
    assertDoubt(List.of(7L), find(message("Ash", "Nora", "5035550101"), archived));
    assertInstanceOf(Result.Nobody.class, find(message("Ash", "Nora", "5035550101"), deleted));
  }

  @Test
  void sharedSexIsNotOneMore() {
    ObjectNode row = row(7, "Ash", "Nora", "").put("Gender", "Female");
    assertDoubt(List.of(7L), find(message("Ash", "Nora", "").put("Gender", "Female"), row));
  }

  @Test
  void strangersOfTheSameBirthDateAreNobody() {
    assertInstanceOf(
        Result.Nobody.class,
        find(message("Ash", "Nora", "5035550101"), row(7, "Elm", "Otto", "5035550199")));
  }

  private static Result find(ObjectNode message, ObjectNode... rows) {
    return Likeness.find(RULES, message, List.of(rows), Set.of());
  }

  private static void assertDoubt(List<Long> candidates, Result result) {
    assertEquals(candidates, assertInstanceOf(Result.Doubtful.class, result).candidates());
  }

  private static ObjectNode message(String last, String first, String phone) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("LName", last)
        .put("FName", first)
        .put("Birthdate", "1980-01-01")
        .put("HmPhone", phone);
  }

  private static ObjectNode row(long patNum, String last, String first, String phone) {
    return message(last, first, phone).put("PatNum", patNum).put("PatStatus", "Patient");
  }
}
