/** What better-auth's client hands back when a request was answered, but not with success. */
export type AuthFailure = {
  code?: string | undefined;
  message?: string | undefined;
  status?: number | undefined;
};

export type AuthMessage = {
  text: string;
  /** The act that would succeed instead, offered as a link and never done unasked. */
  instead?: "sign-in" | "sign-up";
};

const byCode: Record<string, AuthMessage> = {
  USER_ALREADY_EXISTS: { text: "This e-mail address already has an account.", instead: "sign-in" },
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: {
    text: "This e-mail address already has an account.",
    instead: "sign-in",
  },
  INVALID_EMAIL_OR_PASSWORD: { text: "E-mail address and password do not match.", instead: "sign-up" },
  INVALID_EMAIL: { text: "That is not an e-mail address." },
  PASSWORD_TOO_SHORT: { text: "The password is too short." },
  PASSWORD_TOO_LONG: { text: "The password is too long." },
};

/** The sentence that a person reads when signing up or in did not work. */
export function authMessage(failure: AuthFailure): AuthMessage {
  const known = failure.code ? byCode[failure.code] : undefined;
  if (known) return known;
  if (failure.status === 429) return { text: "Too many attempts. Wait a minute, then try again." };
  // Status 0 or none: no answer came at all.
  if (!failure.status) return unreachable;
  if (failure.status >= 500) {
    return { text: "The server cannot do this right now. Try again in a moment." };
  }
  return { text: failure.message || "That did not work. Check what you entered, then try again." };
}

/** For a request that never came back. */
export const unreachable: AuthMessage = {
  text: "The server cannot be reached. Check your connection, then try again.",
};
