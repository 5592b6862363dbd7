import type { Answered } from "./ask-auth";

const startAgain = "The first step was too long ago. Start the sign-in again.";

const byCode: Record<string, string> = {
  INVALID_CODE: "This code does not fit, or was used already. Wait for the next code, then enter that one.",
  INVALID_BACKUP_CODE: "This is none of your backup codes, or the code was used already.",
  INVALID_TWO_FACTOR_COOKIE: startAgain,
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: "Too many wrong codes. Start the sign-in again.",
};

/** Says in the app's words why the server has refused a code. */
export function explainedCode<Data>(answered: Answered<Data>): Answered<Data> {
  const message = answered.error?.code ? byCode[answered.error.code] : undefined;
  if (!answered.error || message === undefined) return answered;
  return { data: null, error: { message, status: answered.error.status } };
}
