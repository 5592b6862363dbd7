import { randomInt } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { quoteTable } from "../catalog/identifiers.ts";
import { schemaHeader } from "../catalog/schema-header.ts";
import { keyColumnsOf } from "../catalog/table.ts";
import { AS_TEXT } from "../database.ts";
import { type Definition, queryableColumns } from "../definition/definition.ts";
import { compileSubset } from "../definition/subset-condition.ts";
import type { Engine } from "../engine.ts";
import { RequestError } from "../errors/request-error.ts";
import { keyPrefix, rowJson, rowKey } from "../log/messages.ts";
import { BEFORE_ALL, compareOffsets, formatOffset } from "../log/offset.ts";
import { codeOf } from "../replication/errors.ts";
import type { Shape } from "../shapes/shape.ts";
import { begin, selectColumn } from "../snapshot/snapshot.ts";
import { sendMustRefetch } from "./log-request.ts";
import { type Parameters, readSubset } from "./parameters.ts";
import { corsHeaders, JSON_TYPE, SHAPE_METHODS, send } from "./respond.ts";

/** SQLSTATE of a text that is no value of its type. */
const INVALID_TEXT = "22P02";

type SubsetCall = {
  engine: Engine;
  request: IncomingMessage;
  response: ServerResponse;
  parameters: Parameters;
  definition: Definition;
};

/**
 * Answers with rows of a shape as they are now, and with what the client needs to tell which changes they include.
 *
 * @throws RequestError
 */
export async function serveSubset({
  engine,
  request,
  response,
  parameters,
  definition,
}: SubsetCall): Promise<void> {
  const { table } = definition;
  const wanted = readSubset(parameters.subset);
  const allowed = queryableColumns(table, parameters.shape.queryableColumns);
  const columns = allowed ? table.columns.filter((column) => allowed.includes(column.name)) : table.columns;
  const subset = await compileSubset(table, columns, wanted);

  const shape = engine.registry.getOrCreate(definition);
  if (parameters.handle !== null && parameters.handle !== shape.handle) {
    return sendMustRefetch(request, response, shape.handle);
  }
  shape.lastUsed = Date.now();
  await shape.pages.wait(0);
  const mark = randomInt(2 ** 31);
  const conditions = [definition.where?.sql, subset.where].filter((sql) => sql !== undefined);
  const { plan } = definition;
  const selected = definition.columns.map(selectColumn);
  if (plan) selected.push(`${plan.tagsSql(shape.handle)}, ${plan.activeConditionsSql()}`);
  const query = [
    `SELECT ${selected.join(", ")} FROM ${quoteTable(table)}`,
    conditions.length > 0 ? `WHERE ${conditions.map((sql) => `(${sql})`).join(" AND ")}` : "",
    subset.orderBy ? `ORDER BY ${subset.orderBy}` : "",
    wanted.limit === undefined ? "" : `LIMIT ${wanted.limit}`,
    wanted.offset === undefined ? "" : `OFFSET ${wanted.offset}`,
  ].join(" ");

  const client = await engine.pool.connect();
  let broken = true;
  try {
    const snapshot = await begin(client, () => true);
    const { rows } = await client
      .query<(string | null)[]>({ text: query, rowMode: "array", types: AS_TEXT })
      .catch(refuseValue);
    await client.query("COMMIT");
    broken = false;
    const metadata = JSON.stringify({
      xmin: snapshot.xmin,
      xmax: snapshot.xmax,
      xip_list: snapshot.xip,
      snapshot_mark: mark,
      database_lsn: String(Math.max(snapshot.lsn, engine.seen)),
    });
    const headers = {
      ...corsHeaders(request, SHAPE_METHODS),
      vary: "accept-encoding",
      "content-type": JSON_TYPE,
      "cache-control": "no-cache",
      "electric-snapshot": "true",
      "electric-handle": shape.handle,
      "electric-offset": formatOffset(offsetFor(shape, parameters)),
      "electric-schema": schemaHeader(engine.columnsOf(definition)),
    };
    send(response, 200, headers, `{"metadata":${metadata},"data":[${rowsJson(definition, rows, mark)}]}`);
  } finally {
    client.release(broken);
  }
}

/** Labels of enums are left to Postgres. Its refusal is told as it is, without the list around it that others have. */
function refuseValue(error: unknown): never {
  if (codeOf(error) === INVALID_TEXT && error instanceof Error) {
    throw new RequestError({ subset: { where: error.message } });
  }
  throw error;
}

/**
 * Where the log goes on for the client. It never lies behind changes that no client has been told of: those are told
 * again by the log, with transaction ids that the client compares with the snapshot.
 */
function offsetFor(shape: Shape, parameters: Parameters) {
  const { offset } = parameters;
  const { log } = shape;
  if (offset === BEFORE_ALL) return { tx: 0, op: 0 };
  if (offset !== "now" && log.end.tx > 0 && compareOffsets(offset, log.end) > 0) return log.end;
  return offset !== "now" && compareOffsets(offset, shape.told) > 0 ? offset : shape.told;
}

function rowsJson(definition: Definition, rows: (string | null)[][], mark: number): string {
  const { columns, table } = definition;
  const names = columns.map((column) => JSON.stringify(column.name));
  const all = columns.map((_, i) => i);
  const keys = keyColumnsOf({ pk: table.pk, columns }).map((name) =>
    columns.findIndex((column) => column.name === name),
  );
  const relation = JSON.stringify([table.schema, table.name]);
  const headers = `"operation":"insert","relation":${relation},"snapshot_mark":${mark}`;
  // rows of a shape with sub-queries carry their tags, in two more columns
  const tags = (row: (string | null)[]) =>
    definition.plan ? `,"tags":${row[columns.length]},"active_conditions":${row[columns.length + 1]}` : "";
  const prefix = keyPrefix(table);
  return rows
    .map((row) => {
      const key = rowKey(
        prefix,
        keys.map((i) => row[i] ?? null),
      );
      return `{"headers":{${headers}${tags(row)}},"key":${JSON.stringify(key)},"value":${rowJson(names, row, all)}}`;
    })
    .join(",");
}
