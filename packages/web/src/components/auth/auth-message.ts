/** The error that better-auth's client gives for a request that failed. */
export interface AuthFailure {
  code?: string | undefined;
  message?: string | undefined;
  /** The HTTP status. 0 or absent when the server did not answer. */
  status?: number | undefined;
}

/** A message for the person whose request failed. */
export interface AuthMessage {
  text: string;
  /** The form that would help instead, which the page offers as a link. */
  instead?: "sign-in" | "sign-up";
  /** The field that the message is about: the password that the person has, or the one that the person chooses. */
  field?: "password" | "currentPassword";
}

const byCode: Record<string, AuthMessage> = {
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: {
    text: "This e-mail address already has an account.",
    instead: "sign-in",
  },
  INVALID_EMAIL_OR_PASSWORD: {
    text: "The e-mail address and the password do not match.",
    instead: "sign-up",
  },
  INVALID_PASSWORD: { text: "This is not your password.", field: "currentPassword" },
  EMAIL_NOT_VERIFIED: {
    text: "Your address is not confirmed yet. We have sent you a mail with a link. Open the link, then sign in.",
  },
  SESSION_NOT_FRESH: {
    text: "You signed in too long ago for this. Sign out, sign in again, and do this within ten minutes.",
  },
  INVALID_EMAIL: { text: "Enter an e-mail address, for example ada@example.com." },
};

/** Says why signing up or signing in failed. */
export function authMessage(failure: AuthFailure): AuthMessage {
  if (failure.code === "PASSWORD_REFUSED" && failure.message)
    return { text: failure.message, field: "password" };
  const known = failure.code ? byCode[failure.code] : undefined;
  if (known) return known;
  if (failure.status === 429) return { text: "Too many attempts. Wait a minute, then try again." };
  if (!failure.status) return unreachable;
  if (failure.status >= 500) {
    return { text: "Signing in is not possible at the moment. Try again in a moment." };
  }
  return {
    text: failure.message || "The server refused what you entered. Check every field, then try again.",
  };
}

/** The message for a request that the server did not answer. */
export const unreachable: AuthMessage = {
  text: "The server cannot be reached. Check your connection, then try again.",
};
