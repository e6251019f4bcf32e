package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class GrantsTest {

  @Test
  void whatOnlyReadsPasses() {
    assertEquals(
        List.of(),
        Grants.writing(
            List.of(
                "GRANT USAGE ON *.* TO `reader`@`%` IDENTIFIED BY PASSWORD '*00'",
                "GRANT PROCESS, REPLICATION CLIENT ON *.* TO `reader`@`%`",
                "GRANT SELECT, SHOW VIEW ON `elm`.* TO `reader`@`%` WITH GRANT OPTION",
                "GRANT SELECT (`PatNum`, `LName`) ON `elm`.`patient` TO `reader`@`%`")));
  }

  @Test
  void whatWritesOrIsNotUnderstoodDoesNot() {
    assertEquals(
        List.of("INSERT on `elm`.*", "UPDATE on `elm`.*"),
        Grants.writing(List.of("GRANT SELECT, INSERT, UPDATE (`a`, `b`) ON `elm`.* TO `x`@`%`")));
    assertEquals(
        List.of("ALL PRIVILEGES on *.*"),
        Grants.writing(List.of("GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION")));
    assertEquals(
        List.of("EXECUTE on `elm`.*"),
        Grants.writing(List.of("GRANT EXECUTE ON `elm`.* TO `x`@`%`")));
    assertEquals(1, Grants.writing(List.of("GRANT `office`@`%` TO `x`@`%`")).size());
  }
}
