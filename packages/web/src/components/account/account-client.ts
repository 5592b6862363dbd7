import type { Device } from "~/lib/wire/device";
import type { SignInMethods } from "~/lib/wire/sign-in-methods";
import { askAuth } from "../auth/ask-auth";

/** Lists where the person is signed in. */
export const listDevices = () => askAuth<{ devices: Device[] }>("GET", "/account/devices");

/** Ends one session by its id. */
export const endDevice = (id: string) => askAuth<{ ended: boolean }>("POST", "/account/end-device", { id });

/** Ends all sessions except the one of this browser. */
export const endOtherDevices = () => askAuth<{ ended: number }>("POST", "/account/end-other-devices", {});

/** Deletes the account. The password may be left out right after signing in. */
export const deleteAccount = (password: string | undefined) =>
  askAuth<{ deleted: true }>("POST", "/account/delete", { password });

/** Gives a password to a person who has none, right after signing in. */
export const setPassword = (newPassword: string) =>
  askAuth<{ set: true }>("POST", "/account/set-password", { newPassword });

/** Removes a passkey by its id. */
export const removePasskey = (id: string) =>
  askAuth<{ status: boolean }>("POST", "/passkey/delete-passkey", { id });

/** How the person can sign in. */
export const listMethods = () => askAuth<SignInMethods>("GET", "/account/methods");
