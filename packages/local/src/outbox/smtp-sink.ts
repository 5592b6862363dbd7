import { buffer } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { listenOnFirst } from "../listen.ts";

/** The greatest mail that is taken, in bytes. */
const longestMail = 5_000_000;

/**
 * Starts an SMTP server on 127.0.0.1 that takes every mail and sends none.
 *
 * @param onMail receives each mail in the format of RFC 5322. A rejection refuses the mail
 * @returns the address for a mail client, such as `smtp://127.0.0.1:5624`
 */
export async function startSmtpSink(
  ports: readonly number[],
  onMail: (raw: Buffer) => Promise<void>,
): Promise<{ url: string; close: () => Promise<void> }> {
  const sink = new SMTPServer({
    // Nobody listens between two programs of one machine.
    disabledCommands: ["AUTH", "STARTTLS"],
    size: longestMail,
    disableReverseLookup: true,
    onData(stream, _session, callback) {
      buffer(stream)
        .then(onMail)
        .then(
          () => callback(),
          (error: Error) => callback(error),
        );
    },
  });
  // A client that breaks off is no failure of the stack.
  sink.on("error", () => {});
  const port = await listenOnFirst(sink.server, ports);
  return { url: `smtp://127.0.0.1:${port}`, close: () => new Promise((done) => sink.close(done)) };
}
