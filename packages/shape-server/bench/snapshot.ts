import { get, type IncomingHttpHeaders } from "node:http";
import { Client } from "pg";
import copy from "pg-copy-streams";
import { now } from "./child.ts";
import { median, ms, times } from "./statistics.ts";
import type { Line } from "./table.ts";

const ROWS = 100_000;
const ROUNDS = 9;

/** The first snapshot of a table, over COPY of the same rows through node-postgres. */
export async function benchSnapshot(databaseUrl: string, url: string): Promise<Line[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`CREATE TABLE big (id int4 PRIMARY KEY, name text, email text, body text, created timestamptz,
    active boolean, score int8)`);
  await client.query(`INSERT INTO big SELECT i, 'name of ' || i, 'somebody' || i || '@example.com',
    repeat(md5(i::text), 3) || ' words', now(), i % 2 = 0, i * 1000 FROM generate_series(1, ${ROWS}) i`);
  await client.query("VACUUM ANALYZE big");
  const limits: number[] = [];
  const times_: number[] = [];
  let bytes = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    // a condition that selects all rows makes each round's shape a new one
    const where = `id > ${-1 - round}`;
    const start = now();
    let copied = 0;
    for await (const part of client.query(copy.to(`COPY (SELECT * FROM big WHERE ${where}) TO STDOUT`))) {
      copied += part.length;
    }
    const middle = now();
    bytes = await readAll(`${url}/v1/shape?table=big&where=${encodeURIComponent(where)}`);
    const end = now();
    // the first round warms up
    if (round === 0) continue;
    limits.push(middle - start);
    times_.push(end - middle);
    if (round === 1) console.log(`  ${ROWS} rows: COPY ${copied} bytes, shape ${bytes} bytes`);
  }
  await client.end();
  const ratio = median(times_.map((time, i) => time / (limits[i] ?? 1)));
  return [
    { what: "COPY of 100,000 rows through node-postgres", value: ms(median(limits)) },
    { what: "first snapshot of the same rows", value: ms(median(times_)), over: times(ratio), aim: "≤ 2 ×" },
  ];
}

/** Reads a shape from its start to its end; with as little as can be on the client's side. */
async function readAll(url: string): Promise<number> {
  let place = "&offset=-1";
  for (let bytes = 0; ; ) {
    const answer = await read(url + place);
    bytes += answer.bytes;
    if ("electric-up-to-date" in answer.headers) return bytes;
    place = `&handle=${answer.headers["electric-handle"]}&offset=${answer.headers["electric-offset"]}`;
  }
}

function read(url: string): Promise<{ bytes: number; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    get(url, (answer) => {
      let bytes = 0;
      answer.on("data", (part: Buffer) => {
        bytes += part.length;
      });
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve({ bytes, headers: answer.headers });
        else reject(new Error(`${url}: ${answer.statusCode}`));
      });
    }).on("error", reject);
  });
}
