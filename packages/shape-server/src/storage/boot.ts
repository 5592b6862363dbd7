import { readFileSync } from "node:fs";
import { uptime } from "node:os";

/** Names the present run of the machine; another name means that it went down in between. */
export function bootOfMachine(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // no Linux: the time of the start, which is known to a second or so
    return `since ${Math.round(Date.now() / 1000 - uptime())}`;
  }
}

export function sameBoot(a: string, b: string): boolean {
  if (a === b) return true;
  const [from, to] = [a, b].map((name) => (name.startsWith("since ") ? Number(name.slice(6)) : Number.NaN));
  return Math.abs(Number(from) - Number(to)) < 30;
}
