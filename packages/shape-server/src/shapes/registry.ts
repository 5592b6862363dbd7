import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Catalog } from "../catalog/catalog.ts";
import type { Table } from "../catalog/table.ts";
import { type Definition, restoreDefinition, storedDefinition } from "../definition/definition.ts";
import { outlives } from "../definition/ended-by.ts";
import { ShapeLog } from "../log/shape-log.ts";
import type { Snapshot } from "../postgres/visibility.ts";
import { SnapshotPages } from "../snapshot/snapshot-pages.ts";
import type { Store } from "../storage/store.ts";
import { getOrInsert } from "./get-or-insert.ts";
import type { Ingest } from "./ingest.ts";
import { logPath, readMeta, writeMeta } from "./meta.ts";
import { isSchemaChange } from "./schema-change.ts";
import { Shape } from "./shape.ts";
import type { ShapeIndex } from "./shape-index.ts";

/** Takes the snapshot of a shape; see `takeSnapshot`. */
export type Snapshotter = (shape: Shape, accept: (snapshot: Snapshot) => boolean) => Promise<void>;

/** So many handles of ended shapes are remembered at most. */
const mostEnded = 10_000;

interface RegistryOptions {
  readonly catalog: Catalog;
  readonly index: ShapeIndex;
  readonly ingest: () => Ingest;
  readonly snapshot: Snapshotter;
  /** The size of the pages of snapshots and logs. */
  readonly pageBytes: number;
  /** So many shapes may exist; beyond that, the least recently used of those that no client waits for end. */
  readonly limit: number;
  readonly log: Logger;
}

/** The shapes that exist, by their handles and by their definitions. */
export class Registry {
  readonly #byHandle = new Map<string, Shape>();
  readonly #byKey = new Map<string, Shape>();
  /** Handles of shapes that have ended, the first that ended first. */
  readonly #ended = new Set<string>();
  readonly #options: RegistryOptions;
  #store: Store | undefined;
  #lastHandle = 0;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byHandle.size;
  }

  [Symbol.iterator](): Iterator<Shape> {
    return this.#byHandle.values();
  }

  byHandle(handle: string): Shape | undefined {
    return this.#byHandle.get(handle);
  }

  byDefinition(definition: Definition): Shape | undefined {
    return this.#byKey.get(definition.key);
  }

  /** True for the handle of a shape that has ended since the start; of each handle once. */
  takeEnded(handle: string): boolean {
    return this.#ended.delete(handle);
  }

  /** Takes over the shapes of an earlier run. A shape whose files or whose table do not allow it to go on ends. */
  async restore(store: Store): Promise<void> {
    const { log } = this.#options;
    this.#store = store;
    const tables = new Map<number, Promise<Table | null | undefined>>();
    for (const handle of store.handles()) {
      try {
        const shape = await this.#restored(store.directory(handle), handle);
        const { oid } = shape.definition.table;
        const table = await getOrInsert(tables, oid, () => this.#describe(oid));
        if (table !== undefined && !outlives(shape.definition, table))
          throw new Error("its table has changed");
        this.#enter(shape);
      } catch (error) {
        log.info({ handle, reason: String(error) }, "a stored shape is dropped");
        this.#end(handle);
      }
    }
  }

  /** Reads back a shape from its directory. */
  async #restored(directory: string, handle: string): Promise<Shape> {
    const { catalog, pageBytes } = this.#options;
    const meta = readMeta(directory);
    if (!meta) throw new Error("its snapshot was not complete");
    const definition = await restoreDefinition(catalog, meta.definition);
    const log = new ShapeLog(logPath(directory), pageBytes);
    log.recover();
    const pages = new SnapshotPages(directory, pageBytes, meta.pages);
    const shape = new Shape(handle, definition, pages, log, 0);
    shape.snapshot = meta.snapshot;
    shape.tell(log.end);
    return shape;
  }

  /** The table as it is now; null when there is none, undefined when the database cannot say. */
  async #describe(oid: number): Promise<Table | null | undefined> {
    try {
      return await this.#options.catalog.refresh(oid);
    } catch (error) {
      this.#options.log.warn({ err: error, oid }, "a table cannot be described");
      return undefined;
    }
  }

  /** The shape with this definition; a new one when there is none. */
  getOrCreate(definition: Definition): Shape {
    const existing = this.#byKey.get(definition.key);
    if (existing) return existing;
    if (!this.#store) throw new Error("The storage is not open yet.");
    const handle = this.#newHandle(definition.key);
    const directory = this.#store.directory(handle);
    const { pageBytes } = this.#options;
    const log = new ShapeLog(logPath(directory), pageBytes);
    const pages = new SnapshotPages(directory, pageBytes);
    const shape = new Shape(handle, definition, pages, log, this.#options.ingest().nextTransaction);
    this.#enter(shape);
    this.#dropIdle();
    void this.#complete(shape, directory);
    return shape;
  }

  /** Ends shapes. Clients who follow them start again. */
  retire(shapes: Iterable<Shape>, reason: string): void {
    for (const shape of shapes) {
      if (shape.isRetired) continue;
      const { handle, definition } = shape;
      this.#options.log.info({ handle, table: definition.table.name, reason }, "a shape ends");
      this.#byHandle.delete(handle);
      if (this.#byKey.get(definition.key) === shape) this.#byKey.delete(definition.key);
      this.#options.index.remove(shape);
      shape.retire();
      this.#end(handle);
    }
  }

  #enter(shape: Shape): void {
    this.#byHandle.set(shape.handle, shape);
    this.#byKey.set(shape.definition.key, shape);
    this.#options.index.add(shape);
  }

  #end(handle: string): void {
    this.#store?.remove(handle);
    this.#ended.add(handle);
    const [first] = this.#ended;
    if (this.#ended.size > mostEnded && first !== undefined) this.#ended.delete(first);
  }

  async #complete(shape: Shape, directory: string): Promise<void> {
    try {
      await this.#options.snapshot(shape, (snapshot) => {
        const ingest = this.#options.ingest();
        if (!ingest.acceptsSnapshot(shape, snapshot)) return false;
        shape.snapshot = snapshot;
        ingest.snapshotKnown(shape);
        return true;
      });
      // The values of sub-queries are in memory only, so that such a shape cannot outlive the server.
      if (shape.isRetired || !shape.snapshot || shape.moves) return;
      writeMeta(directory, {
        version: 1,
        handle: shape.handle,
        definition: storedDefinition(shape.definition),
        snapshot: shape.snapshot,
        pages: shape.pages.ready,
      });
    } catch (error) {
      await this.#snapshotFailed(shape, error);
    }
  }

  async #snapshotFailed(shape: Shape, error: unknown): Promise<void> {
    if (isSchemaChange(error)) {
      // The catalog comes first: clients who start again must find the tables as they are now.
      const { table, innerTables } = shape.definition;
      for (const { oid } of [table, ...innerTables]) await this.#describe(oid);
      this.retire([shape], "its table changed before the snapshot was taken");
      return;
    }
    if (shape.isRetired) return;
    shape.pages.fail(error instanceof Error ? error : new Error(String(error)));
    this.#options.log.warn({ err: error, handle: shape.handle }, "a snapshot failed");
    this.retire([shape], "its snapshot failed");
  }

  /** A handle in Electric's form: a hash of the definition, and the time in microseconds. */
  #newHandle(key: string): string {
    const hash = createHash("sha1").update(key).digest().readUInt32BE(0) >>> 4;
    this.#lastHandle = Math.max(this.#lastHandle + 1, Date.now() * 1000);
    return `${hash}-${this.#lastHandle}`;
  }

  #dropIdle(): void {
    const excess = this.#byHandle.size - this.#options.limit;
    if (excess <= 0) return;
    const idle = [...this.#byHandle.values()].filter(
      (shape) => shape.waiting === 0 && shape.pages.isComplete,
    );
    idle.sort((a, b) => a.lastUsed - b.lastUsed);
    this.retire(idle.slice(0, excess), "more shapes exist than may");
  }
}
