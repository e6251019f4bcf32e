package pontic.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordingTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void whatAnActivityOfAPlanRefersToGoesBeforeThePlan() throws Exception {
    try (Recording recording = new Recording(folder)) {
      for (String resource :
          List.of(
              "{'resourceType': 'CarePlan', 'id': '1', 'subject': {'reference': 'Patient/1'},"
                  + " 'activity': [{'reference': {'reference': 'ServiceRequest/1'}}]}",
              "{'resourceType': 'ServiceRequest', 'id': '1', 'subject': {'reference': 'Patient/1'}}",
              "{'resourceType': 'Patient', 'id': '1'}")) {
        var tree = JSON.readTree(resource.replace('\'', '"'));
        recording.take(tree.path("resourceType").asText() + "/1", tree);
      }
      assertEquals(
          List.of("Patient/1", "ServiceRequest/1", "CarePlan/1"),
          Files.readAllLines(recording.load(50).each()).stream()
              .map(line -> line.substring(0, line.indexOf('\t')))
              .toList());
    }
  }
}
