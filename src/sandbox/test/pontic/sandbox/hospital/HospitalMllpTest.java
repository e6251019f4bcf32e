package pontic.sandbox.hospital;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HospitalMllpTest {
  @Test
  void twoFramesInOneWriteAreKeptAndBothAnswered() throws Exception {
    try (HospitalMllp hospital = HospitalMllp.start(0);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), hospital.port())) {
      socket.setSoTimeout(5000);
      String first = "MSH|^~\\&|A|B|C|D|20260101||SIU^S12|m1|P|2.5.1\rSCH|1\r";
      String second = "MSH|^~\\&|A|B|C|D|20260101||SIU^S13|m2|P|2.5.1\rSCH|1\r";
      socket
          .getOutputStream()
          .write(
              ("\u000b" + first + "\u001c\r\u000b" + second + "\u001c\r")
                  .getBytes(StandardCharsets.US_ASCII));
      List<HospitalMllp.Frame> frames = hospital.await(2, Duration.ofSeconds(5));
      assertEquals(2, frames.size());
      assertArrayEquals(first.getBytes(StandardCharsets.US_ASCII), frames.get(0).bytes());
      StringBuilder answers = new StringBuilder();
      while (answers.chars().filter(c -> c == 0x1c).count() < 2) {
        answers.append((char) socket.getInputStream().read());
      }
      assertTrue(answers.indexOf("MSA|AA|m1") < answers.indexOf("MSA|AA|m2"));
      assertTrue(answers.indexOf("MSA|AA|m1") > 0);
    }
  }
}
