package pontic.reconcile;

/**
 * What a page came to. What differs and is not repaired is unexplained.
 *
 * @param looked rows, or records that the destination should have
 * @param matched the same on both sides
 * @param differing in the first look and in the second
 * @param gone of these, rows that are no longer there
 * @param changing changed while they were compared: capture or sending is at them anyhow
 * @param withheld the destination was spared them, or a step of a route kept them back
 */
public record Tally(
    long looked,
    long matched,
    long differing,
    long gone,
    long repaired,
    long changing,
    long withheld) {}
