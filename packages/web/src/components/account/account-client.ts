import type { Device } from "~/lib/wire/device";
import type { AuthFailure } from "../auth/auth-message";

/** The answer to a request of the account page: better-auth's form, with the data or the failure. */
type Answered<Data> = { data: Data; error: null } | { data: null; error: AuthFailure };

/** Lists where the person is signed in. */
export const listDevices = () => ask<{ devices: Device[] }>("GET", "devices");

/** Ends one session by its id. */
export const endDevice = (id: string) => ask<{ ended: boolean }>("POST", "end-device", { id });

/** Ends all sessions except the one of this browser. */
export const endOtherDevices = () => ask<{ ended: number }>("POST", "end-other-devices", {});

/** Deletes the account. The password may be left out right after signing in. */
export const deleteAccount = (password: string) => ask<{ deleted: true }>("POST", "delete", { password });

/** Asks one of the server's endpoints for the account page. Rejects when the server does not answer. */
async function ask<Data>(method: "GET" | "POST", path: string, body?: object): Promise<Answered<Data>> {
  const answer = await fetch(`/api/auth/account/${path}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answered = await answer.json().catch(() => ({}));
  if (answer.ok) return { data: answered, error: null };
  return { data: null, error: { ...answered, status: answer.status } };
}
