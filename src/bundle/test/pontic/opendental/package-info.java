/** What messages mean for Open Dental, without Camel, store or network. */
package pontic.opendental;
