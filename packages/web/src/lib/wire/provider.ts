/** Where else a person can sign in. */
export type Provider = "google" | "github";
