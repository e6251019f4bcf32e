/** Where an engineer may insert steps of a site, and what they keep back. */
package pontic.seam;
