/**
 * Open Dental's database: a private MariaDB, the tables of each practice at its schema level, and
 * synthetic people in them.
 */
package pontic.sandbox.database;
