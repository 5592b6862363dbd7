import type { IncomingMessage, ServerResponse } from "node:http";
import type { ShapeRequest } from "../definition/definition.ts";
import type { Engine } from "../engine.ts";
import { OutdatedError } from "../errors/outdated-error.ts";
import type { Shape } from "../shapes/shape.ts";
import { electricHeader, shapeHeaders } from "./headers.ts";
import type { HttpOptions } from "./options.ts";
import { readDeletion } from "./parameters.ts";
import type { Query } from "./query.ts";
import { send, sendError } from "./respond.ts";

const mismatch =
  "The specified shape definition and handle do not match. Please ensure the shape definition is correct or omit the" +
  " shape handle from the request to obtain a new one.";

/**
 * Ends the shape that a DELETE names by its definition or its handle.
 *
 * @throws RequestError
 */
export async function serveDeletion(
  { engine, allowDelete }: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
  query: Query,
): Promise<void> {
  if (!allowDelete) return sendError(request, response, 405, { message: "DELETE not allowed" });
  const wanted = readDeletion(query);
  const shape = wanted.shape
    ? await existingShape(engine, wanted.shape)
    : engine.registry.byHandle(wanted.handle ?? "");
  if (!shape) return sendError(request, response, 404, { message: "No existing shape found" });
  if (wanted.handle !== undefined && wanted.handle !== shape.handle) {
    return sendError(request, response, 400, { message: mismatch });
  }
  engine.registry.retire([shape], "it was deleted");
  const headers = { ...shapeHeaders(request), "cache-control": "no-cache", [electricHeader.hasData]: "true" };
  send(response, 202, headers, "");
}

/** @throws RequestError */
async function existingShape(engine: Engine, request: ShapeRequest): Promise<Shape | undefined> {
  try {
    return engine.registry.byDefinition(await engine.resolver.resolve(request));
  } catch (error) {
    // A table only turns out to have changed when its shape has ended.
    if (error instanceof OutdatedError) return undefined;
    throw error;
  }
}
