import { answer, now } from "./child.ts";
import { LiveClient } from "./live-client.ts";

// Many clients in a process of their own.

interface Options {
  url: string;
  count: number;
  path: string;
}

const isOptions = (value: unknown): value is Options =>
  typeof value === "object" && value !== null && "url" in value && "count" in value && "path" in value;

let clients: LiveClient[] = [];
let waiting = 0;
/** When each client saw the change with the number that is looked for. */
let arrivals: number[] = [];
let wanted = "";
let enough = 0;
let done: () => void = () => {};

/** Resolves when all clients wait. */
function allWaiting(): Promise<void> {
  return new Promise((resolve) => {
    const check = () => (waiting === clients.length ? resolve() : setTimeout(check, 1));
    check();
  });
}

answer({
  /** `#` in the path stands for the number of the client. */
  async start(value) {
    if (!isOptions(value)) throw new Error("options were expected");
    for (let i = 1; i <= value.count; i++) {
      const client = new LiveClient(value.url, value.path.replaceAll("#", String(i)), (body) => {
        waiting--;
        if (wanted === "" || !body.includes(wanted)) return;
        arrivals.push(now());
        if (arrivals.length === enough) done();
      });
      clients.push(client);
      client.start(() => {
        waiting++;
      });
      // a few at a time: opening them is not what is measured
      if (i % 50 === 0) while (waiting < i - 25) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await allWaiting();
  },
  /** Resolves when all wait again. */
  idle: allWaiting,
  /** From now on `count` clients are to see a row with this value in column n. */
  expect(value) {
    const [n, count] = Array.isArray(value) ? value : [];
    wanted = `"n":"${n}"`;
    enough = count;
    arrivals = [];
  },
  /** When they saw it. */
  async arrivals() {
    if (arrivals.length < enough) {
      await new Promise<void>((resolve) => {
        done = resolve;
      });
    }
    return arrivals;
  },
  stop() {
    for (const client of clients) client.stop();
    clients = [];
    waiting = 0;
    wanted = "";
  },
});
