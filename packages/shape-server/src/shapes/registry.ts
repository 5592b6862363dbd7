import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Catalog } from "../catalog/catalog.ts";
import { type Definition, restoreDefinition, storedDefinition } from "../definition/definition.ts";
import { ShapeLog } from "../log/shape-log.ts";
import type { Snapshot } from "../log/visibility.ts";
import { SnapshotPages } from "../snapshot/snapshot-pages.ts";
import type { Store } from "../storage/store.ts";
import type { Ingest } from "./ingest.ts";
import { logPath, readMeta, writeMeta } from "./meta.ts";
import { Shape } from "./shape.ts";
import type { ShapeIndex } from "./shape-index.ts";

/** Takes the snapshot of a shape; see `takeSnapshot`. */
export type Snapshotter = (shape: Shape, accept: (snapshot: Snapshot) => boolean) => Promise<void>;

/** The shapes that exist: by handle, and by what they are. */
export class Registry {
  readonly #byHandle = new Map<string, Shape>();
  readonly #byKey = new Map<string, Shape>();
  readonly #index: ShapeIndex;
  readonly #ingest: () => Ingest;
  readonly #snapshot: Snapshotter;
  readonly #limit: number;
  readonly #log: Logger;
  #store: Store | null = null;
  #lastHandle = 0;

  constructor(options: {
    index: ShapeIndex;
    ingest: () => Ingest;
    snapshot: Snapshotter;
    limit: number;
    log: Logger;
  }) {
    this.#index = options.index;
    this.#ingest = options.ingest;
    this.#snapshot = options.snapshot;
    this.#limit = options.limit;
    this.#log = options.log;
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

  /** Takes over the shapes of an earlier run; those that cannot go on are dropped. */
  async restore(store: Store, catalog: Catalog): Promise<void> {
    this.#store = store;
    for (const handle of store.handles()) {
      const directory = store.directory(handle);
      const meta = readMeta(directory);
      try {
        if (!meta) throw new Error("its snapshot was not complete");
        const definition = await restoreDefinition(catalog, meta.definition);
        const log = new ShapeLog(logPath(directory));
        log.recover();
        const shape = new Shape(handle, definition, new SnapshotPages(directory, meta.pages), log, 0);
        shape.snapshot = meta.snapshot;
        shape.tell(log.end);
        this.#enter(shape);
      } catch (error) {
        this.#log.info({ handle, reason: String(error) }, "a stored shape is dropped");
        store.remove(handle);
      }
    }
  }

  /** The shape with this definition; a new one when there is none. */
  getOrCreate(definition: Definition): Shape {
    const existing = this.#byKey.get(definition.key);
    if (existing) return existing;
    if (!this.#store) throw new Error("The storage is not open yet.");
    const handle = this.#newHandle(definition.key);
    const directory = this.#store.directory(handle);
    const log = new ShapeLog(logPath(directory));
    const pages = new SnapshotPages(directory);
    const shape = new Shape(handle, definition, pages, log, this.#ingest().nextTransaction);
    this.#enter(shape);
    this.#dropIdle();
    void this.#complete(shape, directory);
    return shape;
  }

  /** Ends shapes: their clients are told to start again. */
  retire(shapes: Iterable<Shape>, reason: string): void {
    for (const shape of shapes) {
      if (shape.isRetired) continue;
      this.#log.info({ handle: shape.handle, table: shape.definition.table.name, reason }, "a shape ends");
      this.#byHandle.delete(shape.handle);
      if (this.#byKey.get(shape.definition.key) === shape) this.#byKey.delete(shape.definition.key);
      this.#index.remove(shape);
      shape.retire();
      this.#store?.remove(shape.handle);
    }
  }

  #enter(shape: Shape): void {
    this.#byHandle.set(shape.handle, shape);
    this.#byKey.set(shape.definition.key, shape);
    this.#index.add(shape);
  }

  async #complete(shape: Shape, directory: string): Promise<void> {
    try {
      await this.#snapshot(shape, (snapshot) => {
        if (!this.#ingest().acceptsSnapshot(shape, snapshot)) return false;
        shape.snapshot = snapshot;
        this.#ingest().snapshotKnown(shape);
        return true;
      });
      // the values of sub-queries are kept in memory only
      if (shape.isRetired || !shape.snapshot || shape.moves) return;
      writeMeta(directory, {
        version: 1,
        handle: shape.handle,
        definition: storedDefinition(shape.definition),
        snapshot: shape.snapshot,
        pages: shape.pages.ready,
      });
    } catch (error) {
      if (shape.isRetired) return;
      shape.pages.fail(error instanceof Error ? error : new Error(String(error)));
      this.#log.warn({ err: error, handle: shape.handle }, "a snapshot failed");
      this.retire([shape], "its snapshot failed");
    }
  }

  /** Electric's form: a hash of what the shape is, and the time in microseconds. */
  #newHandle(key: string): string {
    const hash = createHash("sha1").update(key).digest().readUInt32BE(0) >>> 4;
    this.#lastHandle = Math.max(this.#lastHandle + 1, Date.now() * 1000);
    return `${hash}-${this.#lastHandle}`;
  }

  #dropIdle(): void {
    const excess = this.#byHandle.size - this.#limit;
    if (excess <= 0) return;
    const idle = [...this.#byHandle.values()].filter(
      (shape) => shape.waiting === 0 && shape.pages.isComplete,
    );
    idle.sort((a, b) => a.lastUsed - b.lastUsed);
    this.retire(idle.slice(0, excess), "more shapes exist than may");
  }
}
