/** A session of the signed-in person, as the account page gets it. */
export interface Device {
  /** The id of the session. The id proves nothing, unlike the session's token, which stays on the server. */
  readonly id: string;
  /** Whether the request came with this session. */
  readonly current: boolean;
  /** The browser and the operating system in words. */
  readonly words: string;
  /** When the session began, in ISO 8601. */
  readonly signedInAt: string;
  /** When the session was last used, in ISO 8601, to a few minutes. */
  readonly seenAt: string;
}
