import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Person } from "../person.ts";
import type { Order, Word } from "./page-process.ts";

/**
 * Opens a page of a person, as a process of its own, and waits until the page shows the person's row.
 *
 * @param name stands in the `user-agent` of the page's requests
 */
export async function openPage(server: string, { id, headers }: Person, name: string) {
  const child = fork(fileURLToPath(new URL("./page-process.ts", import.meta.url)), {
    execArgv: ["--import", new URL("../../../web/test/model/resolve-app.ts", import.meta.url).href],
    env: { ...process.env, NODE_ENV: "production" },
  });
  /** What became of each write: undefined until the page has been told. */
  const told = new Map<string, boolean | undefined>();
  const ready = Promise.withResolvers<void>();
  child.on("message", (word: Word) => {
    if (word.kind === "ready") ready.resolve();
    if (word.kind === "told") told.set(word.name, word.saved);
  });
  child.once("exit", (code) => ready.reject(new Error(`The page has ended with ${code}.`)));
  const tell = (order: Order) => void child.send(order);
  tell({ kind: "start", server, userId: id, headers: { ...headers, "user-agent": name } });
  await ready.promise;
  return {
    name,
    userId: id,
    pid: child.pid ?? 0,
    told,
    write(name: string): void {
      told.set(name, undefined);
      tell({ kind: "write", name });
    },
    async show(): Promise<Extract<Word, { kind: "shown" }>> {
      tell({ kind: "show" });
      for (;;) {
        const [word]: Word[] = await once(child, "message");
        if (word?.kind === "shown") return word;
      }
    },
    /** Freezes the page as a machine that sleeps does. */
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    async [Symbol.asyncDispose](): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

export type PartsPage = Awaited<ReturnType<typeof openPage>>;
