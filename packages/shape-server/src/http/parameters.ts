import { IdentifierError, parseColumns } from "../catalog/identifiers.ts";
import type { ShapeRequest } from "../definition/definition.ts";
import { RequestError } from "../errors/request-error.ts";
import { BEFORE_ALL, type LogOffset, parseOffset } from "../log/offset.ts";

/** Parameters as they come, from the query string and, of POST requests, from the body. */
export type RawParameters = { [name: string]: unknown };

/** What a subset asks for. */
export type SubsetRequest = {
  where?: string;
  params: Record<string, string>;
  orderBy?: string;
  limit?: number;
  offset?: number;
};

/** A request for a shape, checked as far as that goes without a database. */
export type Parameters = {
  shape: ShapeRequest;
  offset: LogOffset | "now";
  handle: string | null;
  live: boolean;
  sse: boolean;
  /** What `readSubset` has still to check. */
  subset: unknown;
};

type Errors = Record<string, string[]>;

/** Reads the parameters field by field and collects what is wrong with them. */
class Fields {
  readonly errors: Errors = {};
  readonly #raw: RawParameters;

  constructor(raw: RawParameters) {
    this.#raw = raw;
  }

  refuse(name: string, reason: string): void {
    this.errors[name] = [reason];
  }

  /** Undefined when the parameter is absent, or as good as that: empty text, or nothing but spaces. */
  #value(name: string): unknown {
    const value = this.#raw[name];
    if (value === null || (typeof value === "string" && value.trim() === "")) return undefined;
    return value;
  }

  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value === "string") return value;
    this.refuse(name, "is invalid");
    return undefined;
  }

  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const found = values.find((value) => value === text);
    if (found === undefined) this.refuse(name, "is invalid");
    return found ?? otherwise;
  }

  has(name: string): boolean {
    return this.#raw[name] !== undefined;
  }

  /** Everything but the text "false" is true, also JSON's `false`. */
  flag(name: string): boolean {
    return this.has(name) && this.#raw[name] !== "false";
  }

  boolean(name: string, complainAs = name): boolean {
    const value = this.#value(name);
    if (value === "true" || value === "1" || value === true) return true;
    const no = [undefined, "false", "0", false];
    if (!no.some((candidate) => candidate === value)) this.refuse(complainAs, "is invalid");
    return false;
  }

  integer(name: string, least: number, complaint: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const number =
      typeof value === "number"
        ? value
        : typeof value === "string" && /^[+-]?\d+$/.test(value)
          ? Number(value)
          : NaN;
    if (!Number.isSafeInteger(number)) {
      this.refuse(name, "is invalid");
      return undefined;
    }
    if (number < least) this.refuse(name, complaint);
    return number;
  }

  /** A list of columns, as one text that is separated by commas, or as the names themselves. */
  columns(name: string): string[] | undefined {
    const value = this.#value(name);
    if (Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === "string")) {
      if (value.includes("")) this.refuse(name, "Invalid zero-length identifier");
      return value;
    }
    const text = this.text(name);
    try {
      return text === undefined ? undefined : parseColumns(text);
    } catch (error) {
      if (!(error instanceof IdentifierError)) throw error;
      this.refuse(name, error.message);
      return undefined;
    }
  }

  /** `params[1]=…`: a map of texts. */
  map(name: string): Record<string, string> {
    const value = this.#value(name);
    if (value === undefined) return {};
    if (isRecord(value) && Object.values(value).every((entry) => typeof entry === "string"))
      return toTexts(value);
    this.refuse(name, "is invalid");
    return {};
  }

  /** A map, or JSON text of one; its values become texts. */
  jsonMap(name: string): Record<string, string> {
    const value = this.#value(name);
    if (value === undefined) return {};
    if (isRecord(value)) return toTexts(value);
    if (typeof value !== "string") {
      this.refuse(name, "is invalid");
      return {};
    }
    let decoded: unknown;
    try {
      decoded = JSON.parse(value);
    } catch {
      this.refuse(name, "params must be valid JSON");
      return {};
    }
    if (isRecord(decoded)) return toTexts(decoded);
    this.refuse(name, "params must be a JSON object");
    return {};
  }
}

/**
 * Checks the parameters of a request for a shape, in Electric's order: first each by itself, then one after the other
 * how they go together.
 *
 * @throws RequestError
 */
export function readParameters(raw: RawParameters, subset: unknown): Parameters {
  const fields = new Fields(raw);
  const shape = readShape(fields);
  const offsetText = fields.text("offset");
  const handle = fields.text("handle") ?? null;
  const live = fields.flag("live");
  // the old name counts where the new one is absent
  const sse = fields.has("live_sse")
    ? fields.flag("live_sse")
    : fields.boolean("experimental_live_sse", "live_sse");
  if (offsetText === undefined && !fields.errors.offset) fields.refuse("offset", "can't be blank");
  if (Object.keys(fields.errors).length > 0) throw new RequestError(fields.errors);

  const offset = parseOffset(offsetText ?? "");
  if (offset === null) throw new RequestError({ offset: ["has invalid format"] });
  const start = offset === "now" || offset === BEFORE_ALL;
  if (!start && handle === null) throw new RequestError({ handle: ["can't be blank when offset != -1"] });
  if (start && live) {
    throw new RequestError({
      live: [offset === "now" ? "can't be true when offset is 'now'" : "can't be true when offset == -1"],
    });
  }
  if (sse && !live) throw new RequestError({ live_sse: ["can't be true unless live is also true"] });
  if (shape.table === "") throw new RequestError({ table: ["can't be blank"] });
  return { shape, offset, handle: start ? null : handle, live, sse, subset };
}

/** What names a shape; `table` is empty when it is absent. */
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
 * Checks the parameters of a DELETE: it names a shape by its definition, by its handle, or both.
 *
 * @throws RequestError
 */
export function readDeletion(raw: RawParameters): { shape: ShapeRequest | null; handle: string | null } {
  const fields = new Fields(raw);
  const shape = readShape(fields);
  const handle = fields.text("handle") ?? null;
  // of no use here, and refused all the same when they cannot be read
  fields.text("offset");
  fields.boolean("live");
  fields.boolean("live_sse");
  if (Object.keys(fields.errors).length > 0) throw new RequestError(fields.errors);
  if (shape.table !== "") return { shape, handle };
  if (handle === null)
    throw new RequestError({ handle: ["can't be blank when shape definition is missing"] });
  return { shape: null, handle };
}

/**
 * Checks what a subset asks for. Electric finds these mistakes after those of the shape.
 *
 * @throws RequestError
 */
export function readSubset(raw: unknown): SubsetRequest {
  if (!isRecord(raw)) throw new RequestError({ subset: ["is invalid"] });
  const fields = new Fields(raw);
  const where = fields.text("where");
  const orderBy = fields.text("order_by");
  const limit = fields.integer("limit", 1, "must be greater than 0");
  const offset = fields.integer("offset", 0, "must be greater than or equal to 0");
  const params = fields.jsonMap("params");
  const isLimited = limit !== undefined || offset !== undefined;
  if (isLimited && orderBy === undefined && !fields.errors.order_by) {
    fields.refuse("order_by", "order_by is required when limit or offset is present");
  }
  if (Object.keys(fields.errors).length > 0) throw new RequestError({ subset: fields.errors });
  return {
    ...(where === undefined ? {} : { where }),
    params,
    ...(orderBy === undefined ? {} : { orderBy }),
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
  };
}

const toTexts = (map: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value === null ? "" : String(value)]));

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
