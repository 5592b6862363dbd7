/** The least and the most characters of a password. better-auth is configured with the same numbers. */
export const passwordLength = { min: 8, max: 128 };
