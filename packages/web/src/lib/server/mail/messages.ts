import { compose } from "~/lib/server/mail/compose";
import type { Message } from "~/lib/server/mail/mail";

/** Asks whoever reads the mail to prove control of the address. */
export function confirmAddress(url: string): Message {
  return compose({
    subject: "Confirm your e-mail address",
    before: ["Somebody, most likely you, has entered this address for an account at Tracer."],
    link: { label: "Confirm the address", url },
    after: ["The link works for one hour.", "If you know nothing of an account, ignore this mail."],
  });
}

/** Tells the owner of an account that somebody has tried to sign up with the owner's address. */
export function alreadyHasAccount(signInUrl: string, forgotUrl: string): Message {
  return compose({
    subject: "You already have an account",
    before: [
      "Somebody, most likely you, has tried to create an account at Tracer with this address. This address already has an account.",
    ],
    link: { label: "Sign in", url: signInUrl },
    after: [
      `If you do not know the password, you can choose a new one: ${forgotUrl}`,
      "If it was not you, there is nothing to do. Nobody has got into your account.",
    ],
  });
}

export function resetPassword(url: string): Message {
  return compose({
    subject: "Choose a new password",
    before: ["Somebody, most likely you, has asked for a new password for your account at Tracer."],
    link: { label: "Choose a new password", url },
    after: [
      "The link works once, for one hour.",
      "If it was not you, ignore this mail. Your password stays as it is.",
    ],
  });
}

export function passwordChanged(forgotUrl: string): Message {
  return compose({
    subject: "Your password was changed",
    before: ["The password of your account at Tracer was changed."],
    after: [ifNotYou(forgotUrl)],
  });
}

/** Asks the owner of the present address whether the account may move to another address. */
export function approveNewAddress(url: string): Message {
  return compose({
    subject: "Approve a new e-mail address",
    before: [
      "Somebody, most likely you, wants your account at Tracer to have another e-mail address.",
      "If you approve, a mail with a link goes to the new address. Your account changes when that link has been opened.",
    ],
    link: { label: "Look at the change", url },
    after: [
      "The link works for one hour.",
      "If it was not you, do not approve. Sign out everywhere, and change your password.",
    ],
  });
}

/** Tells the reader of the former address that the account has moved on. */
export function addressChanged(): Message {
  return compose({
    subject: "Your e-mail address was changed",
    before: [
      "Your account at Tracer has another e-mail address now. This is the last mail about the account to this address.",
    ],
    after: ["If it was not you, answer this mail at once."],
  });
}

/**
 * @param at when the device signed in
 * @param address the client's address. Undefined when the deployment knows none
 */
export function newDevice(at: Date, address: string | undefined, forgotUrl: string): Message {
  const time = `${at.toISOString().slice(0, 16).replace("T", " at ")} UTC`;
  const from = address === undefined ? "" : `, from the network address ${address}`;
  return compose({
    subject: "A new device has signed in",
    before: [
      `A device that was not seen before has signed in to your account at Tracer, on ${time}${from}.`,
      "If it was you, there is nothing to do.",
    ],
    after: [`If it was not you, choose a new password. That signs out every device: ${forgotUrl}`],
  });
}

export function secondFactorOn(forgotUrl: string): Message {
  return compose({
    subject: "Your account asks for a second factor now",
    before: [
      "From now on a sign-in to your account at Tracer needs a code of your authenticator app beside the password.",
      "Keep the backup codes in a safe place. Each of them takes the place of the app once.",
    ],
    after: [ifNotYou(forgotUrl)],
  });
}

export function secondFactorOff(forgotUrl: string): Message {
  return compose({
    subject: "Your account asks for no second factor any more",
    before: ["The password alone opens your account at Tracer now. The backup codes do not work any more."],
    after: [ifNotYou(forgotUrl)],
  });
}

export function backupCode(forgotUrl: string): Message {
  return compose({
    subject: "A backup code was used",
    before: ["One of the backup codes of your account at Tracer was used, and does not work any more."],
    after: [ifNotYou(forgotUrl)],
  });
}

export function newBackupCodes(forgotUrl: string): Message {
  return compose({
    subject: "Your account has new backup codes",
    before: ["Your account at Tracer has new backup codes. The old ones do not work any more."],
    after: [ifNotYou(forgotUrl)],
  });
}

export function newPasskey(forgotUrl: string): Message {
  return compose({
    subject: "Your account has a new passkey",
    before: [
      "A new passkey can open your account at Tracer. A passkey needs neither the password nor a code.",
    ],
    after: ["If it was not you, remove the passkey on the page of your account.", ifNotYou(forgotUrl)],
  });
}

export function removedPasskey(forgotUrl: string): Message {
  return compose({
    subject: "A passkey was removed",
    before: [
      "One of the passkeys of your account at Tracer was removed, and does not open the account any more.",
    ],
    after: [ifNotYou(forgotUrl)],
  });
}

function ifNotYou(forgotUrl: string): string {
  return `If it was not you, choose a new password at once: ${forgotUrl}`;
}
