/** What is judged before it goes, and what is said of it. */
package pontic.validity;
