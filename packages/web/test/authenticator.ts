import { TOTP, URI } from "otpauth";

/**
 * Sets up an authenticator app with the address in a QR code. `code` shows the code of this half minute and `nextCode`
 * that of the next one. The server takes both, since clocks differ.
 */
export function authenticator(address: string) {
  const app = URI.parse(address);
  if (!(app instanceof TOTP)) throw new Error("The address is not one of codes that change with the time.");
  return {
    secret: app.secret.utf8,
    code: () => app.generate(),
    nextCode: () => app.generate({ timestamp: Date.now() + app.period * 1000 }),
  };
}
