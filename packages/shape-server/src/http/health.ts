import type { ServerResponse } from "node:http";
import type { Engine } from "../engine.ts";
import { type Headers, jsonType } from "./headers.ts";
import { send } from "./respond.ts";

/** Answers 200 when shapes can be served, 202 while they cannot be served yet, 503 when only a person can help. */
export function serveHealth(response: ServerResponse, headers: Headers, engine: Engine): void {
  const { health } = engine;
  const status = health === "active" ? 200 : health === "failed" ? 503 : 202;
  const reason = health === "failed" ? engine.supervisor.failure?.message : undefined;
  send(
    response,
    status,
    { ...headers, "content-type": jsonType, "cache-control": "no-cache, no-store, must-revalidate" },
    JSON.stringify({ status: health, ...(reason === undefined ? {} : { message: reason }) }),
  );
}
