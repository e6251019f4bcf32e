/** Append-only rows: who accepted, read or called what, when. */
package pontic.audit;
