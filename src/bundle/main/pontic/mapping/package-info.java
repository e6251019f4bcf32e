/**
 * Mappings as data: JSLT files, code tables and field ownership, checked as a whole when they are
 * loaded.
 */
package pontic.mapping;
