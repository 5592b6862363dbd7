import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Person } from "../app";
import type { Order, Word } from "./browser-process";
import type { Reports } from "./edits";
import type { Browser } from "./run";

/** Starts a browser without tabs, as a process of its own. */
export async function startBrowser(
  { name, server, person, friend }: { name: string; server: string; person: Person; friend: Person },
  { made, told }: Reports,
): Promise<Browser & AsyncDisposable> {
  const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const child = fork(file("./browser-process.ts"), {
    execArgv: ["--import", new URL("./resolve-app.ts", import.meta.url).href],
    env: { ...process.env, NODE_ENV: "production", VITEST: undefined },
  });
  const answers = new Map<number, (word: Word) => void>();
  let questions = 0;
  let failure: string | undefined;
  const ready = Promise.withResolvers<void>();
  const failing = new Set<(error: Error) => void>([ready.reject]);
  child.on("message", (word: Word) => {
    if (word.kind === "made") made.push(word.edit);
    else if (word.kind === "told") told.set(word.id, word.told);
    else if (word.kind === "ready") ready.resolve();
    else answers.get(word.question)?.(word);
  });
  child.once("exit", (code) => {
    failure = `The browser "${name}" has ended with ${code}.`;
    for (const fail of failing) fail(new Error(failure));
  });
  const tell = (order: Order) => {
    if (failure) throw new Error(failure);
    child.send(order);
  };
  const ask = async (orderOf: (question: number) => Order): Promise<Word> => {
    const question = ++questions;
    const { promise, resolve, reject } = Promise.withResolvers<Word>();
    answers.set(question, resolve);
    failing.add(reject);
    tell(orderOf(question));
    return promise.finally(() => {
      answers.delete(question);
      failing.delete(reject);
    });
  };
  tell({
    kind: "start",
    server,
    name,
    headers: person.headers,
    person: { id: person.id, friend: friend.id },
  });
  await ready.promise;
  return {
    name,
    userId: person.id,
    tell,
    act: async (tab, act) => void (await ask((question) => ({ kind: "act", question, tab, act }))),
    show: async () => {
      const word = await ask((question) => ({ kind: "show", question }));
      return word.kind === "shown" ? word.tabs : {};
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}
