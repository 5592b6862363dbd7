import { setTimeout as delay } from "node:timers/promises";

/** A part of the stack that runs. */
export interface Running {
  exited: Promise<unknown>;
  stop(): Promise<void>;
}

export interface Service<T extends Running> {
  /** Starts the part, unless the part runs already. */
  start(): Promise<T>;
  /** Stops the part until the next `start`. */
  stop(): Promise<void>;
}

/** After this many restarts in a row the part counts as broken. */
const maxRestarts = 5;
/** A part that has run for so many milliseconds begins a new row of restarts. */
const quietMs = 10_000;

/**
 * Keeps one part of the stack running: when the part ends by itself, it is started again.
 *
 * @param options.onRestart called each time that the part has ended by itself
 * @param options.onFailure called with the error when the part cannot be started again
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
  // Starts and stops wait for each other: a stop during a restart runs after the restart.
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
    if (performance.now() - startedAt > quietMs) restarts = 0;
    for (;;) {
      if (!wanted || running) return;
      try {
        await delay(restarts === 0 ? 0 : 100 * 2 ** restarts);
        restarts += 1;
        await launch();
        return;
      } catch (error) {
        if (restarts >= maxRestarts) throw error;
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
