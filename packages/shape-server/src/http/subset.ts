import { randomInt } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { quoteTable } from "../catalog/identifiers.ts";
import { schemaHeader } from "../catalog/schema-header.ts";
import { keyColumnsOf } from "../catalog/table.ts";
import { type Definition, queryableColumns } from "../definition/definition.ts";
import { compileSubset } from "../definition/subset-condition.ts";
import type { Engine } from "../engine.ts";
import { codeOf } from "../errors/error-code.ts";
import { RequestError } from "../errors/request-error.ts";
import { keyPrefix, rowJson, rowKey } from "../log/messages.ts";
import { beforeAllOffset, compareOffsets, formatOffset, type LogOffset } from "../log/offset.ts";
import { readTransaction } from "../postgres/read-transaction.ts";
import { sqlState } from "../postgres/sqlstate.ts";
import { textRows } from "../postgres/text-format.ts";
import type { Shape } from "../shapes/shape.ts";
import { selectColumn } from "../snapshot/snapshot.ts";
import { electricHeader, shapeHeaders } from "./headers.ts";
import { sendMustRefetch } from "./must-refetch.ts";
import type { Parameters } from "./parameters.ts";
import { send } from "./respond.ts";
import { readSubset, type SubsetRequest } from "./subset-parameters.ts";

/** A request for a subset of a shape. */
interface SubsetCall {
  readonly engine: Engine;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parameters: Parameters;
  readonly definition: Definition;
}

type Rows = (string | null)[][];

/**
 * Answers with rows of a shape as they are now, and with the snapshot in which they were read: from the snapshot the
 * client knows which changes of the log the rows include.
 *
 * @throws RequestError
 */
export async function serveSubset(call: SubsetCall): Promise<void> {
  const { engine, request, response, parameters, definition } = call;
  const { table } = definition;
  const wanted = readSubset(parameters.subset);
  const allowed = queryableColumns(table, parameters.shape.queryableColumns);
  const columns = allowed ? table.columns.filter((column) => allowed.includes(column.name)) : table.columns;
  const subset = await compileSubset(table, columns, wanted);

  const shape = engine.registry.getOrCreate(definition);
  if (parameters.handle !== undefined && parameters.handle !== shape.handle) {
    return sendMustRefetch(request, response, shape.handle);
  }
  shape.lastUsed = Date.now();
  await shape.pages.wait(0);
  const query = selectSubset(shape, wanted, subset);
  const { snapshot, rows } = await readTransaction(
    engine.pool,
    () => true,
    async (client, taken) => ({
      snapshot: taken,
      rows: await textRows(client, query).catch(refuseValue),
    }),
  );
  const mark = randomInt(2 ** 31);
  const metadata = JSON.stringify({
    xmin: snapshot.xmin,
    xmax: snapshot.xmax,
    xip_list: snapshot.xip,
    snapshot_mark: mark,
    database_lsn: String(Math.max(snapshot.lsn, engine.seen)),
  });
  const headers = {
    ...shapeHeaders(request),
    "cache-control": "no-cache",
    [electricHeader.snapshot]: "true",
    [electricHeader.handle]: shape.handle,
    [electricHeader.offset]: formatOffset(offsetFor(shape, parameters)),
    [electricHeader.schema]: schemaHeader(engine.columnsOf(definition)),
  };
  send(response, 200, headers, `{"metadata":${metadata},"data":[${rowsJson(definition, rows, mark)}]}`);
}

function selectSubset(
  { definition, handle }: Shape,
  wanted: SubsetRequest,
  subset: Awaited<ReturnType<typeof compileSubset>>,
): string {
  const { table, plan } = definition;
  const conditions = [definition.where?.sql, subset.where].filter((sql) => sql !== undefined);
  const selected = definition.columns.map(selectColumn);
  if (plan) selected.push(`${plan.tagsSql(handle)}, ${plan.activeConditionsSql()}`);
  return [
    `SELECT ${selected.join(", ")} FROM ${quoteTable(table)}`,
    conditions.length > 0 ? `WHERE ${conditions.map((sql) => `(${sql})`).join(" AND ")}` : "",
    subset.orderBy ? `ORDER BY ${subset.orderBy}` : "",
    wanted.limit === undefined ? "" : `LIMIT ${wanted.limit}`,
    wanted.offset === undefined ? "" : `OFFSET ${wanted.offset}`,
  ].join(" ");
}

/**
 * Only Postgres knows the labels of an enum. Electric passes the refusal of a label on as a plain text, where other
 * refusals are lists.
 */
function refuseValue(error: unknown): never {
  if (codeOf(error) === sqlState.invalidTextRepresentation && error instanceof Error) {
    throw new RequestError({ subset: { where: error.message } });
  }
  throw error;
}

/**
 * Where the client goes on in the log. The place never lies behind changes that no client has received. The log sends
 * such changes again, with transaction ids that the client compares with the snapshot.
 */
function offsetFor(shape: Shape, { offset }: Parameters): LogOffset {
  const { log, told } = shape;
  if (offset === beforeAllOffset) return { tx: 0, op: 0 };
  if (offset === "now") return told;
  if (log.end.tx > 0 && compareOffsets(offset, log.end) > 0) return log.end;
  return compareOffsets(offset, told) > 0 ? offset : told;
}

function rowsJson(definition: Definition, rows: Rows, mark: number): string {
  const { columns, table } = definition;
  const names = columns.map((column) => JSON.stringify(column.name));
  const all = columns.map((_, i) => i);
  const keys = keyColumnsOf({ pk: table.pk, columns }).map((name) =>
    columns.findIndex((column) => column.name === name),
  );
  const relation = JSON.stringify([table.schema, table.name]);
  const headers = `"operation":"insert","relation":${relation},"snapshot_mark":${mark}`;
  // The rows of a shape with sub-queries have two more columns, which hold their tags.
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
