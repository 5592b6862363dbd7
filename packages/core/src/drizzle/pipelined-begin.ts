import { Client, type Connection, type PoolClient, type QueryConfig } from "@neondatabase/serverless";

/** How Drizzle asks a connection. */
type Asked = [query: QueryConfig | string, values?: unknown[]];

/**
 * Returns a connection that sends `begin` together with the first statement of the transaction, which saves a round trip.
 * A transaction without statements sends nothing.
 *
 * @throws TypeError when the connection is none of Neon's driver
 */
export function withPipelinedBegin(connection: PoolClient): PoolClient {
  if (!(connection instanceof Client)) throw new TypeError("The connection is none of Neon's driver.");
  let begin: string | undefined;
  const query = async (...asked: Asked) => {
    const text = textOf(asked);
    if (/^begin\b/i.test(text)) {
      begin = text;
      return;
    }
    const held = begin;
    begin = undefined;
    if (held === undefined) return connection.query(...asked);
    if (/^(commit|rollback)\b/i.test(text)) return;
    sendBefore(connection.connection, held);
    return connection.query(...asked);
  };
  return Object.assign(Object.create(connection), { query });
}

function textOf([query]: Asked): string {
  return (typeof query === "string" ? query : query.text).trim();
}

/** Sends a statement without the message `Sync`, after which Postgres would answer. So the next query joins in. */
function sendBefore(connection: Connection, text: string): void {
  connection.parse({ name: "", text, types: [] }, true);
  connection.bind({}, true);
  connection.execute({}, true);
  skipCompletion(connection);
}

/** Hides from the driver that the statement has completed. The driver would count the completion as the query's own. */
function skipCompletion(connection: Connection): void {
  const hidden = connection.listeners("commandComplete") as ((message: unknown) => void)[];
  connection.removeAllListeners("commandComplete");
  const show = () => {
    connection.off("commandComplete", show).off("readyForQuery", show);
    for (const listener of hidden) connection.on("commandComplete", listener);
  };
  connection.on("commandComplete", show);
  // After an error, Postgres skips to the end of the query.
  connection.prependListener("readyForQuery", show);
}
