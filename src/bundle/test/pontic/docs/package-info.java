/** What docs/ and deploy/ say is held against the product that they speak of. */
package pontic.docs;
