import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { onNodeRequest } from "~/lib/server/http/node-requests";
import { refusedRestSeconds } from "~/lib/server/limits";

/**
 * Lets a connection rest whose request was refused because its client asks too much: the refusal goes out at once, and the
 * next request on the connection is read after {@link refusedRestSeconds}. A client that asks again without a pause would
 * otherwise keep the process busy with refusals, and everybody else would wait.
 *
 * For the Node build where clients connect themselves. Behind a proxy a connection carries the requests of many clients.
 */
export function restRefused(): void {
  onNodeRequest(({ response }) => void response.on("finish", restAfterRefusal));
}

function restAfterRefusal(this: ServerResponse): void {
  if (this.statusCode === 429) void rest(this.req.socket);
}

async function rest(socket: Socket): Promise<void> {
  // Node reads on when it has handled the end of the answer, so the rest begins after that.
  await new Promise(setImmediate);
  socket.pause();
  await delay(refusedRestSeconds * 1000, undefined, { ref: false });
  socket.resume();
}
