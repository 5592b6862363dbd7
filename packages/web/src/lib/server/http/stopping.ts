import "@tanstack/react-start/server-only";
import type { Server } from "node:http";
import { onNodeRequest } from "~/lib/server/http/node-requests";
import { log } from "~/lib/server/log/log";

/** How long a stop waits for open answers, in milliseconds. A container is killed ten seconds after SIGTERM. */
const longestStop = 9_000;

let stopping = false;

/** How many answers and other pieces of work a stop waits for. */
let open = 0;

/** What ends when the process has been told to stop. */
const toEnd: (() => void)[] = [];

/** Whether the process has been told to stop. Whoever would hold a request for long sends the client elsewhere. */
export function isStopping(): boolean {
  return stopping;
}

/**
 * Calls `end` when the process is told to stop, so that requests that are held for long end in good order. Who holds such
 * requests calls this once for all of them, and looks at {@link isStopping} for each that comes later.
 */
export function endWhenStopping(end: () => void): void {
  toEnd.push(end);
}

/** Makes a stop wait for work that no answer waits for, such as a mail. */
export function finishBeforeStop(work: Promise<unknown>): void {
  open += 1;
  work.then(noteDone, noteDone);
}

function noteDone(): void {
  open -= 1;
  endIfIdle();
}

function endIfIdle(): void {
  if (stopping && open === 0) process.exit(0);
}

/**
 * Makes SIGTERM a stop in good order: no new connections, polls and lines end with a normal answer, writes finish, and
 * the process ends with code 0 as soon as the last answer has been sent. For the Node build.
 */
export function stopOnSigterm(): void {
  const servers = new Set<Server>();
  onNodeRequest(({ server, response }) => {
    servers.add(server);
    open += 1;
    // The client then opens its next connection elsewhere.
    if (stopping) response.setHeader("connection", "close");
    response.on("close", noteDone);
  });
  process.once("SIGTERM", () => {
    stopping = true;
    log.info({ event: "stopping", open }, "stopping");
    for (const server of servers) server.close();
    for (const end of toEnd) end();
    setTimeout(() => process.exit(0), longestStop).unref();
    endIfIdle();
  });
}
