import type { IncomingMessage } from "node:http";
import { isRecord, type RawParameters } from "./fields.ts";

/** Electric's web framework reads 8 MB. */
const mostBytes = 8_000_000;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The body of a request cannot be used. Answered with `status` and `answer`. */
export class BodyError extends Error {
  readonly status: number;
  readonly answer: Record<string, string>;
  constructor(status: number, answer: Record<string, string>) {
    super(answer.error ?? "bad body");
    this.status = status;
    this.answer = answer;
  }
}

/**
 * Reads the JSON object in a request's body; an empty body is an empty object.
 *
 * @throws BodyError
 */
export async function readBody(request: IncomingMessage): Promise<RawParameters> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    bytes += part.length;
    if (bytes > mostBytes) throw new BodyError(413, { error: "Request body too large" });
    parts.push(part);
  }
  if (bytes === 0) return {};
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(Buffer.concat(parts)));
  } catch (error) {
    const details = error instanceof Error ? error.message : "malformed";
    throw new BodyError(400, { error: "Invalid JSON in request body", details });
  }
  if (!isRecord(body)) throw new BodyError(400, { error: "Request body must be a JSON object" });
  return body;
}

/** The parameters that belong to a subset when they are at the top of a body. */
const subsetNames = ["where", "params", "limit", "offset", "order_by", "where_expr", "order_by_expr"];
const subsetPrefix = "subset__";

/** Separates the parameters of the shape from those of a subset, which is null when no subset is asked for. */
export function separateSubset(
  query: RawParameters,
  body: RawParameters,
): { shape: RawParameters; subset: unknown } {
  const { subset: named, ...plain } = query;
  const shape: RawParameters = {};
  const prefixed: RawParameters = {};
  for (const [name, value] of Object.entries(plain)) {
    if (name.startsWith(subsetPrefix)) prefixed[name.slice(subsetPrefix.length)] = value;
    else shape[name] = value;
  }
  const asked = Object.keys(prefixed).length > 0 ? merge(named, prefixed) : named;
  const { subset: nested, ...flat } = body;
  if (isRecord(nested)) return { shape: { ...shape, ...flat }, subset: merge(asked, nested) };
  const bare: RawParameters = {};
  for (const [name, value] of Object.entries(flat)) {
    if (subsetNames.includes(name)) bare[name] = value;
    else shape[name] = value;
  }
  if (Object.keys(bare).length > 0) return { shape, subset: merge(asked, bare) };
  return { shape, subset: ("subset" in body ? nested : asked) ?? null };
}

const merge = (known: unknown, more: RawParameters): RawParameters =>
  isRecord(known) ? { ...known, ...more } : more;
