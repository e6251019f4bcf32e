/**
 * The whole house in tests: the real sandbox beside the real bundle, and what a hospital would
 * send.
 */
package pontic.house;
