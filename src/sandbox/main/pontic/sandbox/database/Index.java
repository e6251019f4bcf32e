package pontic.sandbox.database;

import java.util.List;

/** A secondary index: its name and its columns in order. */
public record Index(String name, List<String> columns) {}
