import type { ServerResponse } from "node:http";
import type { Engine } from "../engine.ts";
import { type Headers, JSON_TYPE, send } from "./respond.ts";

/** Tells whether shapes can be served: 200 when they can, 202 while they cannot yet, 503 when they never will. */
export function serveHealth(response: ServerResponse, headers: Headers, engine: Engine): void {
  const { health } = engine;
  const status = health === "active" ? 200 : health === "failed" ? 503 : 202;
  const reason = health === "failed" ? engine.supervisor.failure?.message : undefined;
  send(
    response,
    status,
    { ...headers, "content-type": JSON_TYPE, "cache-control": "no-cache, no-store, must-revalidate" },
    JSON.stringify({ status: health, ...(reason === undefined ? {} : { message: reason }) }),
  );
}
