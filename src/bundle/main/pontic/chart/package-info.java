/** One patient's resources as a page for people's eyes: it draws what is told, and adds nothing. */
package pontic.chart;
