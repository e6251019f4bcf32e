/** Whether practices and destinations are as up to date as was agreed, and who is told if not. */
package pontic.freshness;
