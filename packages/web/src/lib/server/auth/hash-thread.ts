import "@tanstack/react-start/server-only";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { logFailure } from "~/lib/server/log-failure";

/** What the thread is asked, with the port on which it answers. */
interface Question {
  readonly password: string;
  readonly salt: string;
  readonly port: MessagePort;
}

let thread: Worker | undefined;

/**
 * Hashes a password as better-auth does, in a thread of its own. The thread takes what the others leave of the processors,
 * so strangers who sign in again and again slow down nobody else. The threads of Node's pool all have the same priority.
 *
 * @throws when the thread ends
 */
export async function hashInThread(password: string): Promise<string> {
  const salt = randomBytes(16).toString("hex");
  return `${salt}:${(await deriveInThread(password, salt)).toString("hex")}`;
}

/**
 * Compares a password with a hash of better-auth's or of {@link hashInThread}, in the same thread.
 *
 * @throws when the thread ends, or when the hash is none
 */
export async function verifyInThread(given: { hash: string; password: string }): Promise<boolean> {
  const [salt, key] = given.hash.split(":");
  if (!salt || !key) throw new Error("The stored hash of the password is none.");
  const stored = Buffer.from(key, "hex");
  const derived = await deriveInThread(given.password, salt);
  return stored.length === derived.length && timingSafeEqual(stored, derived);
}

async function deriveInThread(password: string, salt: string): Promise<Buffer> {
  thread ??= startThread();
  const { port1, port2 } = new MessageChannel();
  const question: Question = { password: password.normalize("NFKC"), salt, port: port2 };
  thread.postMessage(question, [port2]);
  try {
    const [key]: (Uint8Array | undefined)[] = await Promise.race([
      once(port1, "message"),
      once(port1, "close").then(() => []),
    ]);
    if (!key) throw new Error("The thread that hashes passwords has ended.");
    return Buffer.from(key);
  } finally {
    port1.close();
  }
}

function startThread(): Worker {
  // As text, because a server in one file has no file beside it.
  const started = new Worker(`(${deriveKeys})()`, { eval: true });
  started.unref();
  started.once("error", (error) => logFailure("the thread that hashes passwords failed", error));
  started.once("exit", () => {
    if (thread === started) thread = undefined;
  });
  return started;
}

/** The code of the thread. Knows nothing of what stands outside this function. */
function deriveKeys(): void {
  const { scryptSync } = process.getBuiltinModule("node:crypto");
  const { setPriority } = process.getBuiltinModule("node:os");
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  // Elsewhere the priority is that of the whole process.
  if (process.platform === "linux") setPriority(10);
  // The figures of better-auth, whose keys these are.
  const cost = { N: 16_384, r: 16, p: 1, maxmem: 2 * 128 * 16_384 * 16 };
  parentPort?.on("message", ({ password, salt, port }: Question) => {
    // Who asked closes the port.
    port.postMessage(scryptSync(password, salt, 64, cost));
  });
}
