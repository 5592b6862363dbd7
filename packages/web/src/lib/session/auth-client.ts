import { createAuthClient } from "better-auth/react";

/** Sign-up, sign-in and sign-out from the browser. */
export const authClient = createAuthClient();
