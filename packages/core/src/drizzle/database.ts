import { neonConfig, Pool, type PoolClient } from "@neondatabase/serverless";
import { drizzle } from "drizzle-orm/neon-serverless";
import { Resource } from "sst";
import { JoiningSocket } from "./joining-socket.ts";
import { pipelined } from "./pipelined.ts";

const gateway = new URL(Resource.Database.gateway);
const overTls = gateway.protocol === "wss:";

// The driver speaks the Postgres protocol inside a WebSocket. The link names the WebSocket gateway, so this code works
// with Neon and with the local stack.
neonConfig.wsProxy = () => gateway.host + gateway.pathname;
neonConfig.useSecureWebSocket = overTls;
// Sending the password before the server asks for it saves a round trip. Only Neon's proxy supports this.
neonConfig.pipelineConnect = overTls ? "password" : false;
// The driver would hold each message back for a millisecond, to send the message together with the next one. A
// transaction sends one statement after the other, so that every statement would wait for nothing. The socket joins the
// messages of one statement without waiting.
neonConfig.coalesceWrites = false;
neonConfig.webSocketConstructor = JoiningSocket;

const pool = new Pool({
  connectionString: Resource.Database.url,
  // A Lambda serves one request at a time. In the Node build, many requests share the connections: every statement is
  // short.
  max: 5,
  idleTimeoutMillis: 10_000,
  connectionTimeoutMillis: 5_000,
});
// The pool replaces a broken idle connection at the next query. Without a listener, the error would end the process.
pool.on("error", () => tellOfLoss());

let tellOfLoss = (): void => {};

/**
 * Calls the listener when a connection breaks that is not in use. The pool replaces the connection at the next query. There
 * is one listener, because in development the app's modules are loaded anew after an edit and listen again.
 */
export function onLostConnection(listener: () => void): void {
  tellOfLoss = listener;
}

// A connection that breaks in use rejects its query, and the query's caller handles the failure. The connection also emits
// the error as an event, which would end the process without a listener.
pool.on("connect", (connection: PoolClient) => connection.on("error", () => {}));

// The pool waits for the end of a broken connection before the pool serves those who wait for a place. But a connection
// that has ended already does not report its end again, and they would wait until their time is over.
pool.on("release", () => queueMicrotask(serveWaiting));

function serveWaiting(): void {
  if (pool.waitingCount === 0 || pool.totalCount >= pool.options.max) return;
  pool.connect().then(
    (connection) => connection.release(),
    () => {},
  );
}

/** The app's database: Drizzle with Neon's WebSocket driver, which supports interactive transactions. */
export const db = drizzle({ client: pool });

// Drizzle takes a connection for a transaction, and does not give the connection back when the connection ends before
// `begin` has been answered. After five of such ends the pool would be empty for good.
db.transaction = async (run, config) => {
  const connection = await pool.connect();
  try {
    return await drizzle({ client: pipelined(connection) }).transaction(run, config);
  } finally {
    connection.release();
  }
};

/** A transaction of `db`. Domain functions take the transaction as an argument. */
export type Transaction = Parameters<Parameters<typeof db.transaction>[0]>[0];
