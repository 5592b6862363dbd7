import type { Task } from "./browsers-task.ts";
import { type Browsers, startBrowsers } from "./waiting-browsers.ts";

/** Clients that wait for changes in one way: through the app, or at Electric itself. */
export interface Clients extends Disposable {
  users: Task["users"];
  browsers: Browsers;
  /** Waits until the clients have loaded their shapes. */
  loaded: () => Promise<void>;
  /** Has the clients wait for changes. */
  hold: () => Promise<void>;
  /** Ends the clients. @throws Error when a request of a client has failed */
  end: () => Promise<void>;
}

/** Starts clients, which begin to load their shapes. */
export function startClients(task: Task): Clients {
  const browsers = startBrowsers(task);
  return {
    users: task.users,
    browsers,
    loaded: () => browsers.reached("loaded"),
    async hold() {
      browsers.send("hold");
      await browsers.reached("held");
    },
    [Symbol.dispose]: browsers[Symbol.dispose],
    async end() {
      browsers.send("more");
      await browsers.told("more");
      browsers.send("end");
      const { failed } = await browsers.told("bytes");
      if (failed.length > 0)
        throw new Error(
          `${failed.length} requests of ${task.way} failed: ${[...new Set(failed)].join("; ")}`,
        );
    },
  };
}
