import type { Pool, PoolClient } from "pg";
import type { Logger } from "pino";
import { Catalog } from "./catalog/catalog.ts";
import type { TableColumn } from "./catalog/table.ts";
import type { Definition } from "./definition/definition.ts";
import { Resolver } from "./definition/resolver.ts";
import { codeOf } from "./errors/error-code.ts";
import { Flusher } from "./flusher.ts";
import type { Lsn } from "./postgres/lsn.ts";
import { createPool } from "./postgres/pool.ts";
import type { Accept } from "./postgres/read-transaction.ts";
import { KnownRelations } from "./replication/known-relations.ts";
import type { Message } from "./replication/pgoutput.ts";
import { Publication } from "./replication/publication.ts";
import { type Names, namesFor, type Slot } from "./replication/slot.ts";
import { type Health, Supervisor } from "./replication/supervisor.ts";
import { Ingest } from "./shapes/ingest.ts";
import { Registry } from "./shapes/registry.ts";
import { takeRelation } from "./shapes/relations.ts";
import type { Shape } from "./shapes/shape.ts";
import { ShapeIndex } from "./shapes/shape-index.ts";
import { takeSnapshot } from "./snapshot/snapshot.ts";
import { Store } from "./storage/store.ts";
import { Moves } from "./subqueries/moves.ts";

/** The settings of an engine; `ShapeServerOptions` explains them. */
export interface EngineOptions {
  readonly databaseUrl: string;
  readonly storageDir: string;
  readonly streamId: string;
  readonly poolSize: number;
  readonly maxShapes: number;
  /** The length at which a page of a shape ends. */
  readonly pageBytes: number;
  /** In ms. */
  readonly verifyInterval: number;
  readonly log: Logger;
}

/** Keeps shapes up to date: the whole server but for HTTP. */
export class Engine {
  readonly pool: Pool;
  readonly catalog: Catalog;
  readonly registry: Registry;
  readonly supervisor: Supervisor;
  readonly #options: EngineOptions;
  readonly #names: Names;
  readonly #index = new ShapeIndex();
  readonly #ingest: Ingest;
  readonly #publication: Publication;
  readonly #flusher: Flusher;
  readonly resolver: Resolver;
  #store: Store | undefined;
  #known = new KnownRelations([], () => {});
  #verifying: NodeJS.Timeout | undefined;
  /** How far the stream was read when it was last idle. */
  #seen: Lsn = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#names = namesFor(options.streamId);
    this.pool = createPool(options.databaseUrl, options.poolSize);
    this.pool.on("error", (error) => options.log.debug({ err: error }, "an idle connection broke"));
    this.catalog = new Catalog(this.pool, {
      tableGone: (oid) => {
        this.#publication.forget(oid);
        this.registry.retire([...this.#index.ofTable(oid)], "its table is gone");
      },
    });
    this.resolver = new Resolver(this.catalog, {
      has: (definition) => this.registry.byDefinition(definition) !== undefined,
      takeEnded: (handle) => this.registry.takeEnded(handle),
    });
    this.#flusher = new Flusher({
      acknowledge: (lsn) => {
        // The store comes first, so that the slot is never ahead of what the store has noted.
        this.#store?.acknowledging(lsn);
        this.supervisor.stream?.acknowledge(lsn);
      },
      failed: (error) =>
        options.log.error(
          { reason: String(error), code: codeOf(error) },
          "changes cannot be written to files",
        ),
      recovered: () => options.log.warn("changes are written to files again"),
    });
    this.#publication = new Publication(this.pool, this.#names.publication);
    this.#ingest = new Ingest(this.#index, {
      retire: (shapes, reason) => this.registry.retire(shapes, reason),
      grown: (shape) => this.#grown(shape),
    });
    this.registry = new Registry({
      catalog: this.catalog,
      index: this.#index,
      ingest: () => this.#ingest,
      snapshot: (shape, accept) => this.#snapshot(shape, accept),
      limit: options.maxShapes,
      pageBytes: options.pageBytes,
      log: options.log,
    });
    this.supervisor = new Supervisor(
      options.databaseUrl,
      this.#names,
      {
        opened: (slot) => this.#opened(slot),
        started: () => options.log.info({ slot: this.#names.slot }, "replication is active"),
        wants: this.#ingest.wants,
        message: (message) => this.#message(message),
        idle: (lsn) => {
          this.#seen = Math.max(this.#seen, lsn);
          this.#flusher.progressed(lsn);
        },
      },
      options.log,
    );
  }

  get health(): Health {
    return this.supervisor.health;
  }

  /** How far the stream has been read: every change before this position has arrived. */
  get seen(): Lsn {
    return Math.max(this.#seen, this.#ingest.lastLsn);
  }

  /** Starts to replicate. */
  start(): void {
    this.supervisor.start();
    this.#verifying = setInterval(() => void this.#verify(), this.#options.verifyInterval);
    this.#verifying.unref();
  }

  /** Writes everything to files and ends, so that the next run goes on with the same shapes. */
  async close(): Promise<void> {
    clearInterval(this.#verifying);
    this.#flusher.finish();
    await this.supervisor.stop();
    this.#ingest.interrupt();
    await this.pool.end();
    await this.#store?.close();
  }

  /** The columns of a shape, as the catalog describes them now. */
  columnsOf(definition: Definition): TableColumn[] {
    const { table, columns, selectsAll } = definition;
    const known = this.catalog.known(table.schema, table.name);
    if (known?.oid !== table.oid) return columns;
    const names = new Set(columns.map((column) => column.name));
    return known.columns.filter((column) => selectsAll || names.has(column.name));
  }

  async #opened(slot: Slot): Promise<void> {
    const source = { systemId: slot.systemId, database: slot.database, slot: this.#names.slot };
    this.#ingest.interrupt();
    this.registry.retire(
      [...this.registry].filter((shape) => shape.moves),
      "the stream broke off, and it has sub-queries",
    );
    const first = this.#store === undefined;
    this.#store ??= new Store(`${this.#options.storageDir}/${this.#options.streamId}`);
    const store = this.#store;
    if (first) {
      this.#known = new KnownRelations(store.relations(), (known) =>
        this.#flusher.addRelations(() => store.saveRelations(known)),
      );
    }
    if (!store.canContinue(source, slot.confirmed)) {
      this.registry.retire([...this.registry], "the replication stream has a gap");
      store.restart(source, slot.start);
      this.#known.forget();
      this.#publication.reset();
    }
    if (first) await this.registry.restore(store);
    this.#seen = Math.max(this.#seen, slot.start);
  }

  async #snapshot(shape: Shape, accept: Accept): Promise<void> {
    const { definition, handle, pages } = shape;
    const { plan, where, table, innerTables } = definition;
    if (plan) {
      shape.moves = new Moves(shape, plan, this.pool, {
        grown: () => this.#grown(shape),
        retire: (reason) => this.registry.retire([shape], reason),
        covers: (snapshot, xid) => this.#ingest.covers(snapshot, xid),
      });
    }
    for (const each of [table, ...innerTables]) await this.#publication.ensure(each);
    const headers = plan
      ? [
          { name: "tags", sql: plan.tagsSql(handle) },
          { name: "active_conditions", sql: plan.activeConditionsSql() },
        ]
      : [];
    const { moves } = shape;
    const prepare = async (client: PoolClient) => {
      for (const dependency of moves?.dependencies ?? []) await dependency.load(client);
      moves?.start();
    };
    const query = { where: where?.sql, headers, prepare };
    await takeSnapshot(this.pool, definition, query, pages, accept);
  }

  /** The log of a shape has grown: clients are answered, and then files are written. */
  #grown(shape: Shape): void {
    this.#flusher.add(shape);
    shape.announce();
  }

  #message(message: Message): void | Promise<void> {
    switch (message.tag) {
      case "begin":
        return this.#ingest.begin(message);
      case "commit":
        this.#ingest.commit();
        this.#flusher.progressed(message.endLsn);
        return;
      case "relation":
        return takeRelation(message, {
          pool: this.pool,
          catalog: this.catalog,
          publication: this.#publication,
          registry: this.registry,
          index: this.#index,
          ingest: this.#ingest,
          known: this.#known,
        });
      case "truncate":
        return this.#ingest.truncate(message);
      case "insert":
      case "update":
      case "delete":
        return this.#ingest.change(message);
    }
  }

  async #verify(): Promise<void> {
    if (this.health !== "active" || this.registry.size === 0) return;
    try {
      await this.catalog.verify();
      const published = new Set<number>();
      for (const { snapshot, definition } of this.registry) {
        if (snapshot) for (const { oid } of [definition.table, ...definition.innerTables]) published.add(oid);
      }
      const intact = await this.#publication.isIntact([...published]);
      if (!intact) this.supervisor.recreate("the publication has changed");
    } catch (error) {
      this.#options.log.debug({ err: error }, "the catalog cannot be checked");
    }
  }
}
