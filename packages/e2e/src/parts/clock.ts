import { setTimeout as delay } from "node:timers/promises";

/** The signals that move a program's clock by an hour, in `shifted-clock.ts`. */
const moves = { ahead: ["SIGUSR2", "SIGWINCH"], behind: ["SIGWINCH", "SIGUSR2"] } as const;

/**
 * Lets the programs that start from now on have a clock that {@link shiftClock} moves.
 *
 * @returns a function that ends this for programs that start later
 */
export function makeClocksMovable(): () => void {
  const before = process.env.NODE_OPTIONS;
  const module = new URL("./shifted-clock.ts", import.meta.url).href;
  process.env.NODE_OPTIONS = `${before ?? ""} --import ${module}`;
  return () => {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  };
}

/**
 * Moves the clock of processes by an hour, and back after some time.
 *
 * @param milliseconds how long the clock stays wrong
 */
export async function shiftClock(
  pids: readonly number[],
  direction: keyof typeof moves,
  milliseconds: number,
): Promise<void> {
  const [there, back] = moves[direction];
  for (const pid of pids) process.kill(pid, there);
  await delay(milliseconds);
  for (const pid of pids) process.kill(pid, back);
}
