import { readdir, readFile } from "node:fs/promises";
import { hashPassword, verifyPassword } from "better-auth/crypto";
import { expect, test } from "vitest";
import { hashInThread, verifyInThread } from "./hash-thread";

// The second way to write each is how another keyboard writes the same.
const written = ["correct horse battery", "Ångström und Ⅳ", "\u0041\u030angstro\u0308m und IV"] as const;

test("a hash of the thread is one of better-auth's, and the other way round", async () => {
  for (const password of written) {
    expect(await verifyPassword({ hash: await hashInThread(password), password })).toBe(true);
    expect(await verifyInThread({ hash: await hashPassword(password), password })).toBe(true);
  }
  const hash = await hashPassword(written[1]);
  expect(await verifyInThread({ hash, password: written[2] })).toBe(true);
});

test("a wrong password and a cut-off key do not fit, and what is no hash is an error", async () => {
  const hash = await hashInThread("correct horse battery");
  expect(await verifyInThread({ hash, password: "correct horse batterz" })).toBe(false);
  expect(await verifyInThread({ hash: hash.slice(0, -2), password: "correct horse battery" })).toBe(false);
  await expect(verifyInThread({ hash: "", password: "correct horse battery" })).rejects.toThrow("none");
});

test("many at once each get their own key", async () => {
  const passwords = Array.from({ length: 6 }, (_, n) => `password number ${n}`);
  const hashes = await Promise.all(passwords.map(hashInThread));
  for (const [n, hash] of hashes.entries())
    expect(await verifyPassword({ hash, password: `password number ${n}` })).toBe(true);
});

// Elsewhere a thread has no priority of its own.
test.runIf(process.platform === "linux")(
  "the thread takes what the others leave of the processors",
  async () => {
    await hashInThread("correct horse battery");
    const threads = await readdir("/proc/self/task");
    const stats = await Promise.all(threads.map((id) => readFile(`/proc/self/task/${id}/stat`, "utf8")));
    // The name of a thread may hold spaces. The priority is the 17th field behind the name.
    const priorities = stats.map((stat) => Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]));
    expect(priorities.filter((priority) => priority === 10)).toHaveLength(1);
  },
);
