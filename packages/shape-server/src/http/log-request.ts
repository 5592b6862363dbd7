import type { IncomingMessage, ServerResponse } from "node:http";
import type { Shape } from "../shapes/shape.ts";
import type { HttpOptions } from "./options.ts";
import type { Parameters } from "./parameters.ts";

/** A request for the log of a shape, and everything that is needed to answer it. */
export interface LogRequest {
  readonly options: HttpOptions;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly shape: Shape;
  readonly parameters: Parameters;
  /** The client's cursor. */
  readonly cursor: string | undefined;
}
