import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import { type Answered, askAuth } from "./ask-auth";

const given = "The passkey was not used. Try again, or sign in with your password.";
const made = "No passkey was made. Try again, or use another device.";

/** Signs in with a passkey, which the browser asks the person for. */
export async function signInByPasskey(): Promise<Answered<unknown>> {
  const options = await askAuth<PublicKeyCredentialRequestOptionsJSON>(
    "GET",
    "/passkey/generate-authenticate-options",
  );
  if (options.error) return options;
  // The device has to check who holds it: that check is the second factor.
  const optionsJSON = { ...options.data, userVerification: "required" as const };
  const response = await startAuthentication({ optionsJSON }).catch(() => undefined);
  if (!response) return refused(given);
  return askAuth("POST", "/passkey/verify-authentication", { response });
}

/** Makes a passkey for the signed-in person, which the browser keeps. */
export async function makePasskey(name: string): Promise<Answered<unknown>> {
  const options = await askAuth<PublicKeyCredentialCreationOptionsJSON>(
    "GET",
    "/passkey/generate-register-options",
  );
  if (options.error) return options;
  const response = await startRegistration({ optionsJSON: options.data }).catch(() => undefined);
  if (!response) return refused(made);
  return askAuth("POST", "/passkey/verify-registration", { response, name });
}

/** The browser says of a failed ceremony only that it failed: a site must not learn what keys a person has. */
function refused(message: string): Answered<never> {
  return { data: null, error: { message, status: 400 } };
}
