import type { ShapeRequest } from "../definition/definition.ts";
import { RequestError } from "../errors/request-error.ts";
import { beforeAllOffset, type LogOffset, parseOffset } from "../log/offset.ts";
import { Fields, type RawParameters } from "./fields.ts";

/** A request for a shape, checked as far as that is possible without a database. */
export interface Parameters {
  readonly shape: ShapeRequest;
  readonly offset: LogOffset | "now";
  /** The shape that the client follows; undefined at the start of a log. */
  readonly handle: string | undefined;
  readonly live: boolean;
  /** Whether a live answer is a stream of server-sent events. */
  readonly sse: boolean;
  /** What the request says about a subset; `readSubset` checks it. */
  readonly subset: unknown;
}

/**
 * Checks the parameters of a request for a shape in Electric's order: first each parameter by itself, then their
 * combinations, of which only the first mistake is reported.
 *
 * @throws RequestError
 */
export function readParameters(raw: RawParameters, subset: unknown): Parameters {
  const fields = new Fields(raw);
  const shape = readShape(fields);
  const offsetText = fields.text("offset");
  const handle = fields.text("handle");
  const live = fields.flag("live");
  // The old name counts when the new one is absent.
  const sse = fields.has("live_sse")
    ? fields.flag("live_sse")
    : fields.boolean("experimental_live_sse", "live_sse");
  if (offsetText === undefined && !fields.errors.offset) fields.refuse("offset", "can't be blank");
  if (Object.keys(fields.errors).length > 0) throw new RequestError(fields.errors);

  const offset = parseOffset(offsetText ?? "");
  if (offset === null) throw new RequestError({ offset: ["has invalid format"] });
  const start = offset === "now" || offset === beforeAllOffset;
  if (!start && handle === undefined)
    throw new RequestError({ handle: ["can't be blank when offset != -1"] });
  if (start && live) {
    throw new RequestError({
      live: [offset === "now" ? "can't be true when offset is 'now'" : "can't be true when offset == -1"],
    });
  }
  if (sse && !live) throw new RequestError({ live_sse: ["can't be true unless live is also true"] });
  if (shape.table === "") throw new RequestError({ table: ["can't be blank"] });
  return { shape, offset, handle: start ? undefined : handle, live, sse, subset };
}

/** The parameters that define a shape; `table` is empty when it is absent. */
function readShape(fields: Fields): ShapeRequest {
  const compaction = fields.boolean("experimental_compaction");
  const where = fields.text("where");
  const columns = fields.columns("columns");
  const queryableColumns = fields.columns("queryable_columns");
  return {
    table: fields.text("table") ?? "",
    ...(where === undefined ? {} : { where }),
    params: fields.map("params"),
    ...(columns === undefined ? {} : { columns }),
    ...(queryableColumns === undefined ? {} : { queryableColumns }),
    replica: fields.oneOf("replica", ["default", "full"], "default"),
    log: fields.oneOf("log", ["full", "changes_only"], "full"),
    compaction,
  };
}

/**
 * Checks the parameters of a DELETE, which names a shape by its definition, by its handle, or by both.
 *
 * @throws RequestError
 */
export function readDeletion(raw: RawParameters): {
  shape: ShapeRequest | undefined;
  handle: string | undefined;
} {
  const fields = new Fields(raw);
  const shape = readShape(fields);
  const handle = fields.text("handle");
  // A DELETE does not use these parameters, but Electric refuses the ones that it cannot read.
  fields.text("offset");
  fields.boolean("live");
  fields.boolean("live_sse");
  if (Object.keys(fields.errors).length > 0) throw new RequestError(fields.errors);
  if (shape.table !== "") return { shape, handle };
  if (handle === undefined) {
    throw new RequestError({ handle: ["can't be blank when shape definition is missing"] });
  }
  return { shape: undefined, handle };
}
