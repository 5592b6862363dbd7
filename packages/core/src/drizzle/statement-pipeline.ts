import {
  Client,
  type Connection,
  type Query,
  type QueryConfig,
  type Submittable,
} from "@neondatabase/serverless";

type Message = object;

/** How a statement is asked for. */
export type Asked = [query: QueryConfig | string, values?: unknown[]];

/** The driver's types leave these out. */
declare module "@neondatabase/serverless" {
  // biome-ignore lint/style/noNamespace: Only a namespace adds a static property to a class.
  namespace Client {
    /** The driver's own class of queries. */
    const Query: new (...asked: Asked) => Query;
  }

  /** What the driver calls on the query whose answer arrives. */
  interface Query {
    handleRowDescription(message: Message): void;
    handleDataRow(message: Message): void;
    handleCommandComplete(message: Message, connection: Connection): void;
    handleEmptyQuery(connection: Connection): void;
    handleError(error: unknown, connection: Connection): void;
    handleReadyForQuery(connection: Connection): void;
  }
}

/** Makes a statement for a {@link StatementPipeline}, which emits `end` with the result, or `error`. */
export function statementOf(...asked: Asked): Query {
  return new Client.Query(...asked);
}

/**
 * Statements that go to Postgres as one message and come back as one answer, in their order. To the driver, the statements
 * are one query.
 *
 * Only the last statement carries the message `Sync`. After an error, Postgres skips the statements up to that message,
 * and these fail with the error of the statement before them.
 */
export class StatementPipeline implements Submittable {
  #statements: readonly Query[];
  /** How many statements have been answered. */
  #answered = 0;

  constructor(statements: readonly Query[]) {
    this.#statements = statements;
  }

  submit(connection: Connection): void {
    const joined = withoutSync(connection);
    // Postgres does not answer a statement whose values cannot be sent.
    this.#statements = this.#statements.filter((statement) => submitted(statement, joined));
    connection.sync();
  }

  handleRowDescription(message: Message): void {
    this.#statements[this.#answered]?.handleRowDescription(message);
  }

  handleDataRow(message: Message): void {
    this.#statements[this.#answered]?.handleDataRow(message);
  }

  handleCommandComplete(message: Message, connection: Connection): void {
    this.#statements[this.#answered++]?.handleCommandComplete(message, connection);
  }

  handleEmptyQuery(connection: Connection): void {
    this.#statements[this.#answered++]?.handleEmptyQuery(connection);
  }

  handleError(error: unknown, connection: Connection): void {
    this.handleReadyForQuery(connection);
    for (const skipped of this.#statements.slice(this.#answered)) skipped.handleError(error, connection);
  }

  handleReadyForQuery(connection: Connection): void {
    for (const answered of this.#statements.slice(0, this.#answered))
      answered.handleReadyForQuery(connection);
  }
}

/** Sends a statement. False when the statement has failed already. */
function submitted(statement: Query, connection: Connection): boolean {
  let isSent = true;
  statement.once("error", () => {
    isSent = false;
  });
  statement.submit(connection);
  return isSent;
}

/** A view of a connection on which a statement sends no `Sync`, and no text outside of the extended query protocol. */
function withoutSync(connection: Connection): Connection {
  const joined: Connection = Object.create(connection);
  joined.sync = () => {};
  joined.query = (text) => {
    joined.parse({ name: "", text, types: [] }, true);
    joined.bind({}, true);
    joined.describe({ type: "P", name: "" }, true);
    joined.execute({}, true);
  };
  return joined;
}
