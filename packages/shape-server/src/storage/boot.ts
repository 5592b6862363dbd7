import { readFileSync } from "node:fs";
import { uptime } from "node:os";

/** The name of the machine's present run. The name changes when the machine restarts. */
export function bootOfMachine(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Systems other than Linux have no such file. The time of the start is known to a second or so.
    return `since ${Math.round(Date.now() / 1000 - uptime())}`;
  }
}

/** True when both names, of `bootOfMachine`, mean the same run of the machine. */
export function sameBoot(a: string, b: string): boolean {
  if (a === b) return true;
  const [from, to] = [a, b].map((name) => (name.startsWith("since ") ? Number(name.slice(6)) : Number.NaN));
  return Math.abs(Number(from) - Number(to)) < 30;
}
