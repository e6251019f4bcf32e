package pontic.sandbox;

import java.util.List;
import pontic.sandbox.control.ControlServer;
import pontic.sandbox.database.Practice;

/**
 * What a part of the sandbox finds when it starts: settings, open practices, the control server.
 */
public record Surroundings(
    SandboxSettings settings, List<Practice> practices, ControlServer control) {}
