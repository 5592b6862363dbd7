import { once } from "node:events";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { neonConfig, Pool } from "@neondatabase/serverless";
import { getCertificate } from "@vitejs/plugin-basic-ssl";
import { Client } from "pg";
import { afterEach, expect, inject, test, vi } from "vitest";
import WebSocket from "ws";
import { type Gateway, startGateway } from "./gateway.ts";
import { serverAccount } from "./postgres/account.ts";
import { startPostgres } from "./postgres.ts";

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function gatewayTo(target: string, port?: number): Promise<Gateway> {
  const gateway = await startGateway(port === undefined ? { target } : { target, port });
  ended.push(() => gateway.close());
  return gateway;
}

/** Neon's driver, set up as the app sets it up for a `ws:` gateway. */
function poolThrough(gateway: Gateway, connectionString: string): Pool {
  const { host, pathname } = new URL(gateway.url);
  neonConfig.wsProxy = () => host + pathname;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineConnect = false;
  const pool = new Pool({ connectionString, connectionTimeoutMillis: 10_000 });
  pool.on("error", () => {});
  ended.push(() => pool.end());
  return pool;
}

test("Neon's driver runs a transaction through the gateway, and reads the transaction's id", async () => {
  const url = inject("postgresUrl");
  const pool = poolThrough(await gatewayTo(url), url);
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query("select pg_current_xact_id()::xid::text as txid");
    await client.query("rollback");
    expect(rows[0].txid).toMatch(/^\d+$/);
  } finally {
    client.release();
  }
});

test("many megabytes pass unchanged in both directions", async () => {
  const url = inject("postgresUrl");
  const pool = poolThrough(await gatewayTo(url), url);
  const text = "0123456789abcdef".repeat((16 * 1024 * 1024) / 16);
  const { rows } = await pool.query("select $1::text as echo, md5($1::text) as md5, md5($2::text) as same", [
    text,
    text,
  ]);
  expect(rows[0].echo.length).toBe(text.length);
  expect(rows[0].md5).toBe(rows[0].same);
});

test("the address that a client asks for changes nothing", async () => {
  const url = inject("postgresUrl");
  const elsewhere = new URL(url);
  elsewhere.hostname = "elsewhere.invalid";
  elsewhere.port = "1";
  const pool = poolThrough(await gatewayTo(url), elsewhere.href);
  const { rows } = await pool.query("select inet_server_port() as port");
  expect(String(rows[0].port)).toBe(new URL(url).port);
});

test("the session in Postgres ends when its client goes away", async () => {
  const url = inject("postgresUrl");
  const pool = poolThrough(await gatewayTo(url), url);
  const client = await pool.connect();
  const { rows } = await client.query("select pg_backend_pid() as pid");
  client.release(true);

  const direct = new Client({ connectionString: url });
  await direct.connect();
  ended.push(() => direct.end());
  await vi.waitFor(
    async () => {
      const { rowCount } = await direct.query("select from pg_stat_activity where pid = $1", [rows[0].pid]);
      expect(rowCount).toBe(0);
    },
    { timeout: 30_000 },
  );
});

test("a session that Postgres ends is an error for the client, and the next query works", async () => {
  const url = inject("postgresUrl");
  const pool = poolThrough(await gatewayTo(url), url);
  await expect(pool.query("select pg_terminate_backend(pg_backend_pid())")).rejects.toThrow(/terminat/);
  await expect(pool.query("select 1 as one")).resolves.toMatchObject({ rows: [{ one: 1 }] });
});

test("a client reads at once that the target is down, and is served when the target is up", async () => {
  const url = new URL(inject("postgresUrl"));
  const up = url.href;
  url.port = "1";
  const gateway = await gatewayTo(url.href);
  const client = new WebSocket(gateway.url);
  const [code, reason] = await once(client, "close");
  expect(code).toBe(1011);
  expect(String(reason)).toContain("ECONNREFUSED");
  await expect(poolThrough(gateway, url.href).query("select 1")).rejects.toThrow();

  await gateway.close();
  const again = await gatewayTo(up, Number(new URL(gateway.url).port));
  await expect(poolThrough(again, up).query("select 1 as one")).resolves.toMatchObject({
    rows: [{ one: 1 }],
  });
});

test("the gateway refuses pages in a browser and other paths", async () => {
  const gateway = await gatewayTo(inject("postgresUrl"));
  const refusal = async (url: string, options: WebSocket.ClientOptions) => {
    const client = new WebSocket(url, options);
    const [error] = await once(client, "error");
    return String(error);
  };
  expect(await refusal(gateway.url, { origin: "https://elsewhere.example" })).toContain("403");
  expect(await refusal(gateway.url.replace("/v1", "/other"), {})).toContain("404");
  expect((await fetch(gateway.url.replace("ws:", "http:"))).status).toBe(426);
});

test("the gateway speaks TLS when the target's URL asks for it, and refuses an unknown certificate", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tracer-tls-"));
  ended.push(() => rm(dir, { recursive: true }));
  await chmod(dir, 0o755);
  const pem = join(dir, "server.pem");
  await writeFile(pem, await getCertificate(dir), { mode: 0o600 });
  const account = serverAccount();
  if (account) await chown(pem, account.uid, account.gid);
  const postgres = await startPostgres({
    dataDir: join(dir, "data"),
    fsync: false,
    settings: { ssl: "on", ssl_cert_file: pem, ssl_key_file: pem },
  });
  ended.push(() => postgres.stop());

  const unverified = poolThrough(await gatewayTo(`${postgres.url}?sslmode=no-verify`), postgres.url);
  const { rows } = await unverified.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
  expect(rows).toEqual([{ ssl: true }]);

  const verified = new WebSocket((await gatewayTo(`${postgres.url}?sslmode=require`)).url);
  const [code, reason] = await once(verified, "close");
  expect(code).toBe(1011);
  expect(String(reason)).toContain("certificate");
});

test("an sslmode for a target without TLS is an error", async () => {
  const client = new WebSocket((await gatewayTo(`${inject("postgresUrl")}?sslmode=require`)).url);
  const [, reason] = await once(client, "close");
  expect(String(reason)).toContain("does not offer TLS");
});
