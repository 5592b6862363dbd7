import { RequestError } from "../errors/request-error.ts";
import { Fields, isRecord } from "./fields.ts";

/** What a subset asks for. */
export interface SubsetRequest {
  readonly where?: string;
  readonly params: Record<string, string>;
  readonly orderBy?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/**
 * Checks the parameters of a subset. Electric reports these mistakes only when the shape's parameters have none.
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
