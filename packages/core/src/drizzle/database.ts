import { neonConfig, Pool, type PoolClient } from "@neondatabase/serverless";
import { drizzle } from "drizzle-orm/neon-serverless";
import { Resource } from "sst";

const gateway = new URL(Resource.Database.gateway);
const overTls = gateway.protocol === "wss:";

// The driver speaks the Postgres protocol inside a WebSocket. Which gateway it talks to is part of the link, so the
// same lines serve Neon and the local stack.
neonConfig.wsProxy = () => gateway.host + gateway.pathname;
neonConfig.useSecureWebSocket = overTls;
// Sending the password before the server has asked for it saves a round trip, and works with Neon's proxy alone.
neonConfig.pipelineConnect = overTls ? "password" : false;
// The driver would hold each message back for a millisecond, to send the message together with the next one. A
// transaction sends one statement after the other, so that every statement would wait for nothing.
neonConfig.coalesceWrites = false;

const pool = new Pool({
  connectionString: Resource.Database.url,
  // A Lambda serves one request at a time; the Node build serves many over these few, since no statement here is long.
  max: 5,
  idleTimeoutMillis: 10_000,
  connectionTimeoutMillis: 5_000,
});
// An idle connection that breaks is replaced at the next query. Without a listener it would end the process.
pool.on("error", (error: Error) => console.warn(`database: idle connection lost (${error.message})`));

// One that breaks while it is in use rejects its query, which is where the failure is handled. It is also an event of the
// connection, which without a listener would end the process as well.
pool.on("connect", (connection: PoolClient) => connection.on("error", () => {}));

/** The app's database: Drizzle over Neon's WebSocket driver, with interactive transactions. */
export const db = drizzle({ client: pool });

/** A transaction of `db`. Domain functions take it as an argument. */
export type Transaction = Parameters<Parameters<typeof db.transaction>[0]>[0];
