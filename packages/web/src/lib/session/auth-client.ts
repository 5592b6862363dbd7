import { createAuthClient } from "better-auth/react";

/** Signs people up, in and out from the browser. */
export const authClient = createAuthClient();
