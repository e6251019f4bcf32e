package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;

/**
 * The script {@code pontic}, in an installation whose classes are built and whose mvn only tells.
 */
class LauncherTest {
  @TempDir static Path home;

  @BeforeAll
  static void install() throws IOException {
    Files.copy(House.home().resolve("pontic"), home.resolve("pontic"));
    List<Path> sources = new ArrayList<>(List.of(home.resolve("pom.xml")));
    for (String module : List.of("sandbox", "bundle")) {
      Path folder = home.resolve("src").resolve(module);
      sources.addAll(List.of(folder.resolve("pom.xml"), folder.resolve("main/None.java")));
      Files.createDirectories(folder.resolve("main"));
      Files.createSymbolicLink(
          folder.resolve("target"), House.home().resolve("src").resolve(module).resolve("target"));
    }
    // Older than what is built, or the launcher would build.
    for (Path source : sources) {
      Files.createFile(source);
      Files.setLastModifiedTime(source, FileTime.from(Instant.EPOCH));
    }
    for (String module : List.of("sandbox", "bundle")) {
      Files.setLastModifiedTime(
          home.resolve("src").resolve(module).resolve("main"), FileTime.from(Instant.EPOCH));
    }
    Path maven = Files.createDirectory(home.resolve("bin")).resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\necho mvn \"$@\"\nprintf '\\033[0m\\033[0m'\n");
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The links first, so that nothing follows them. */
  @AfterAll
  static void unlink() throws IOException {
    for (String module : List.of("sandbox", "bundle")) {
      Files.delete(home.resolve("src").resolve(module).resolve("target"));
    }
  }

  @Test
  void wrongUsageIsOneLineThatNamesTheHelpAndExitTwo() throws Exception {
    for (List<String> arguments :
        List.of(
            List.<String>of(),
            List.of("bogus"),
            List.of("--bogus"),
            List.of("run", "--bogus"),
            List.of("demo", "--bogus"),
            List.of("sandbox", "--bogus"),
            List.of("test", "--bogus"),
            List.of("test", "bogus"),
            List.of("test", "-pl"))) {
      Ended ended = pontic(arguments);
      assertEquals(2, ended.code(), arguments + ": " + ended.out() + ended.err());
      assertEquals(1, ended.err().lines().count(), ended.err());
      assertTrue(ended.err().startsWith("pontic") && ended.err().contains("--help"), ended.err());
      assertFalse(ended.out().contains("mvn"), "nothing was started");
    }
  }

  @Test
  void helpIsThereForAllAndForEachThatTheLauncherStartsItself() throws Exception {
    Ended all = pontic(List.of("--help"));
    assertEquals(0, all.code(), all.err());
    for (String command : List.of("run", "demo", "sandbox", "test")) {
      assertTrue(all.out().contains("\n  " + command + " "), all.out());
      Ended one = pontic(List.of(command, "--help"));
      assertEquals(0, one.code(), one.err());
      String first = one.out().lines().findFirst().orElse("");
      assertTrue(first.toLowerCase(java.util.Locale.ROOT).startsWith("usage: "), one.out());
      assertTrue(first.contains("pontic " + command), one.out());
    }
    assertTrue(pontic(List.of("demo", "--help")).out().contains("PONTIC_HAWTIO_PORT"));
  }

  /** All else that is dear may be, on a machine that is starved (decision 0300). */
  @Test
  void eachShapeIsValidatedInAStepOfTheChecksThatIsNeverLeftOut() throws Exception {
    String checks = Files.readString(Path.of("../../.ci/run"));
    int shapes = checks.indexOf("\n./pontic test --shapes ");
    int hour = checks.indexOf("-lt 3600 ]]");
    assertTrue(shapes > 0 && hour > 0, "both are there");
    assertTrue(shapes < hour, "before the time is looked at");
  }

  /** Piped without the colours that some builds of Maven reset whatever they are told. */
  @Test
  void testHandsMavensOwnOptionsOn() throws Exception {
    assertEquals("mvn -B -ntp verify\n", pontic(List.of("test")).out());
    assertEquals(
        "mvn -B -ntp verify -Dtest=EveryFeedTest -Dsurefire.failIfNoSpecifiedTests=false"
            + " -pl src/hospital-jpa,src/bundle -am\n",
        pontic(List.of("test", "--shapes")).out());
    assertEquals(
        "mvn -B -ntp verify -Dtest=LevelsTest,CaptureModesTest,StormTest,PrivacyTest,"
            + "LiveEditTest,DemoTest,SmokeTest,ApiListsTest,HintsTest,TracesTest,ReconcileTest,"
            + "ChartWritesTest,PerioWritesTest,PerioByListsTest,Hl7OutTest,Hl7PartsTest,EchoTest,Hl7EchoTest,AnswersToSendersTest,"
            + "RequestsForAppointmentsTest,"
            + "FoldRowsTest,FamiliesAtTheOfficeTest,ModesTest,PatientRestTest,ClosedHoursTest,ListOrderTest -Dsurefire.failIfNoSpecifiedTests=false"
            + " -pl src/hospital-jpa,src/bundle,src/bench -am\n",
        pontic(List.of("test", "--offices")).out());
    assertEquals(
        "mvn -B -ntp verify -Dtest=pontic.proof.*Test,TwoProcessesTest,BrokerFullTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -pl src/bundle -am\n",
        pontic(List.of("test", "--faults")).out());
    assertEquals(
        "mvn -B -ntp verify -Dtest=pontic.proof.*Test,TwoProcessesTest,BrokerFullTest,LevelsTest,StormTest,FamiliesAtTheOfficeTest,*FuzzTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dproof.kills=300 -Dproof.seconds=120"
            + " -Dstorm.patients=5000 -Dstorm.page=200 -Dmatrix.seeds=1000 -Dmatrix.kills=540 -Djqwik.tries.default=20000 -Dfuzz.seconds=600 -Dpontic.families=1000 -Dvalidity.all=true -pl src/bundle"
            + " -am -Dproof.seed=7 -o\n",
        pontic(List.of("test", "--soak", "-Dproof.seed=7", "-o")).out());
    assertEquals(
        "mvn -B -ntp verify -o -pl src/bundle -am\n",
        pontic(List.of("test", "-o", "-pl", "src/bundle", "-am")).out());
    assertEquals(
        "mvn -B -ntp verify -Dtest=ManyPracticesTest -Dsurefire.failIfNoSpecifiedTests=false"
            + " -Dtests.jvm=-Xshare:auto -pl src/bundle -am\n",
        pontic(List.of("test", "--scale")).out());
  }

  private static Ended pontic(List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", home.resolve("pontic").toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("PATH", home.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("PONTIC_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    return Ended.of(builder);
  }
}
