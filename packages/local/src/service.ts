import { setTimeout as delay } from "node:timers/promises";

/** A part of the stack that is up. */
export type Running = { exited: Promise<unknown>; stop(): Promise<void> };

export type Service<T extends Running> = {
  /** Brings it up; does nothing when it is. */
  start(): Promise<T>;
  /** Takes it down, and keeps it down until the next start. */
  stop(): Promise<void>;
};

/** So many restarts without ten quiet seconds between them, and the cause is not one that passes. */
const MAX_RESTARTS = 5;
const QUIET_MS = 10_000;

/**
 * Keeps one part of the stack up: when it ends by itself it is started again.
 *
 * @param options.onRestart told each time that it had ended
 * @param options.onFailure told once, when it cannot be brought up again
 */
export function keepRunning<T extends Running>(options: {
  start: () => Promise<T>;
  onRestart: () => void;
  onFailure: (error: unknown) => void;
}): Service<T> {
  let wanted = false;
  let running: T | undefined;
  let restarts = 0;
  let startedAt = 0;
  // One thing at a time: a stop in the middle of a restart comes after it.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(act: () => Promise<R>): Promise<R> => {
    const result = turn.then(act);
    turn = result.catch(() => {});
    return result;
  };

  const launch = async (): Promise<T> => {
    const started = await options.start();
    running = started;
    startedAt = performance.now();
    void started.exited.then(() => {
      if (running !== started) return;
      running = undefined;
      if (!wanted) return;
      options.onRestart();
      void inTurn(relaunch).catch(options.onFailure);
    });
    return started;
  };

  const relaunch = async (): Promise<void> => {
    if (performance.now() - startedAt > QUIET_MS) restarts = 0;
    for (;;) {
      if (!wanted || running) return;
      try {
        await delay(restarts === 0 ? 0 : 100 * 2 ** restarts);
        restarts += 1;
        await launch();
        return;
      } catch (error) {
        if (restarts >= MAX_RESTARTS) throw error;
      }
    }
  };

  return {
    start: () =>
      inTurn(async () => {
        wanted = true;
        return running ?? launch();
      }),
    stop() {
      wanted = false;
      return inTurn(async () => {
        const last = running;
        running = undefined;
        await last?.stop();
      });
    },
  };
}
