import { LogicalReplicationService, PgoutputPlugin } from "pg-logical-replication";
import { answer, now } from "./child.ts";

// The limit: a subscriber that does nothing but look at what the slot sends.

let wanted = "";
let arrival = 0;
let done: () => void = () => {};

answer({
  async start(value) {
    if (typeof value !== "string") throw new Error("a URL was expected");
    const service = new LogicalReplicationService(
      { connectionString: value },
      { acknowledge: { auto: false, timeoutSeconds: 0 } },
    );
    let last = "0/0";
    setInterval(() => void service.acknowledge(last), 1_000).unref();
    service.on("data", (lsn, log) => {
      last = lsn;
      if (log.tag === "relation") for (const column of log.columns) column.parser = (text: string) => text;
      if (log.tag !== "update" || String(log.new.n) !== wanted) return;
      arrival = now();
      done();
    });
    const started = new Promise<void>((resolve) => service.once("start", () => resolve()));
    const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: ["raw"] });
    service.subscribe(plugin, "raw").catch((error: unknown) => {
      throw error;
    });
    await started;
  },
  expect(value) {
    wanted = String(value);
    arrival = 0;
  },
  async arrivals() {
    if (arrival === 0) {
      await new Promise<void>((resolve) => {
        done = resolve;
      });
    }
    return [arrival];
  },
});
