/** What the store keeps of persons and their numbers, on both databases. */
package pontic.person;
