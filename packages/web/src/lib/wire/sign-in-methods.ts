/** How a person signs in, for the account page. */
export interface SignInMethods {
  /** Whether the person has a password. Whoever signs in elsewhere may have none. */
  readonly password: boolean;
  /** Whether a sign-in with the password needs a code of an authenticator app. */
  readonly secondFactor: boolean;
  /** How many backup codes were not used yet. */
  readonly backupCodes: number;
  readonly passkeys: readonly PasskeyEntry[];
}

/** A passkey in the list of the account page. */
export interface PasskeyEntry {
  readonly id: string;
  /** What the person calls the passkey. */
  readonly name: string;
  /** In the form of ISO 8601. */
  readonly addedAt: string;
}
