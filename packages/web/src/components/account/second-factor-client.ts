import { askAuth } from "../auth/ask-auth";
import { explainedCode } from "../auth/explained-code";

/** Begins to turn the second factor on. The factor is on once {@link confirmApp} has seen a code. */
export const beginSetup = (password: string) =>
  askAuth<{ totpURI: string; backupCodes: string[] }>("POST", "/two-factor/enable", { password });

/** Shows the server that the authenticator app is set up. */
export const confirmApp = async (code: string) =>
  explainedCode(await askAuth<unknown>("POST", "/two-factor/verify-totp", { code }));

/** Makes new backup codes, which take the place of the old ones. */
export const renewBackupCodes = (password: string) =>
  askAuth<{ backupCodes: string[] }>("POST", "/two-factor/generate-backup-codes", { password });

export const turnFactorOff = (password: string) =>
  askAuth<unknown>("POST", "/two-factor/disable", { password });
