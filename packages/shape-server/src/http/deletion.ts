import type { IncomingMessage, ServerResponse } from "node:http";
import type { ShapeRequest } from "../definition/definition.ts";
import type { Engine } from "../engine.ts";
import { OutdatedError } from "../errors/outdated-error.ts";
import type { Shape } from "../shapes/shape.ts";
import { readDeletion } from "./parameters.ts";
import type { Query } from "./query.ts";
import { corsHeaders, JSON_TYPE, SHAPE_METHODS, send, sendError } from "./respond.ts";
import type { HttpOptions } from "./server.ts";

const MISMATCH =
  "The specified shape definition and handle do not match. Please ensure the shape definition is correct or omit the" +
  " shape handle from the request to obtain a new one.";

/**
 * Ends a shape that is named by its definition or its handle.
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
  if (wanted.handle !== null && wanted.handle !== shape.handle) {
    return sendError(request, response, 400, { message: MISMATCH });
  }
  engine.registry.retire([shape], "it was deleted");
  const headers = {
    ...corsHeaders(request, SHAPE_METHODS),
    vary: "accept-encoding",
    "content-type": JSON_TYPE,
    "cache-control": "no-cache",
    "electric-has-data": "true",
  };
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
