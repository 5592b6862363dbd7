import { randomUUID } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../errors/setup-error.ts";
import type { Lsn } from "../postgres/lsn.ts";
import type { KnownRelation } from "../replication/known-relations.ts";
import { bootOfMachine, sameBoot } from "./boot.ts";
import { claimDirectory } from "./lock.ts";

/** The replication stream that the stored shapes come from. Shapes from another stream cannot be continued. */
export interface Source {
  readonly systemId: string;
  readonly database: string;
  readonly slot: string;
}

/** The content of `state.json`. */
interface State {
  readonly version: 1;
  readonly source: Source | null;
  /** No position behind this one was acknowledged to Postgres. */
  readonly acknowledged: Lsn;
  /** The machine's run in which the server was last started; null after a clean end, with every file on disk. */
  readonly boot: string | null;
}

const emptyState: State = { version: 1, source: null, acknowledged: 0, boot: null };

/**
 * The directory in which a server keeps its shapes:
 *
 *     state.json               the replication stream, and how far it was acknowledged
 *     relations.json           the tables as the stream described them
 *     shapes/<handle>/         a shape: meta.json, the snapshot's pages and the log
 *     trash/                   files that are being deleted
 *
 * Files are written without forcing them to disk: they survive a crash of the process, but not a crash of the machine.
 * The next start notices when the machine went down in between, and drops every shape, so that no client reads half a
 * log.
 */
export class Store {
  readonly #root: string;
  readonly #shapes: string;
  readonly #trash: string;
  #state: State;
  readonly #release: () => void;
  readonly #deletions = new Set<Promise<void>>();

  /** @throws StorageInUseError, SetupError */
  constructor(root: string) {
    makeDirectory(root);
    this.#release = claimDirectory(root);
    this.#root = root;
    this.#shapes = join(root, "shapes");
    this.#trash = join(root, "trash");
    try {
      this.#state = this.#open();
    } catch (error) {
      // The disk is full, and a later attempt may succeed.
      this.#release();
      throw error;
    }
  }

  #open(): State {
    mkdirSync(this.#shapes, { recursive: true });
    rmSync(this.#trash, { recursive: true, force: true });
    mkdirSync(this.#trash, { recursive: true });
    const state = readState(this.#statePath) ?? emptyState;
    const boot = bootOfMachine();
    if (state.boot !== null && !sameBoot(state.boot, boot)) this.#dropAll();
    return this.#saved({ ...state, boot });
  }

  get #statePath(): string {
    return join(this.#root, "state.json");
  }

  get #relationsPath(): string {
    return join(this.#root, "relations.json");
  }

  /**
   * True when the stored shapes can go on with this stream. Otherwise `restart` must drop them.
   *
   * @param confirmed how far the slot has been acknowledged; undefined for a new slot.
   */
  canContinue(source: Source, confirmed: Lsn | undefined): boolean {
    const same = JSON.stringify(this.#state.source) === JSON.stringify(source);
    // When the slot is ahead of what this server acknowledged, another server has read it, or it is another slot.
    return same && confirmed !== undefined && confirmed <= this.#state.acknowledged;
  }

  /** Drops every stored shape: the stream starts again at `lsn`. */
  restart(source: Source, lsn: Lsn): void {
    this.#dropAll();
    this.#state = this.#saved({ ...this.#state, source, acknowledged: lsn });
  }

  /** Notes that `lsn` is about to be acknowledged to Postgres. */
  acknowledging(lsn: Lsn): void {
    if (lsn <= this.#state.acknowledged) return;
    this.#state = this.#saved({ ...this.#state, acknowledged: lsn });
  }

  /** The tables as the stream described them in an earlier run. */
  relations(): KnownRelation[] {
    try {
      const stored: unknown = JSON.parse(readFileSync(this.#relationsPath, "utf8"));
      return Array.isArray(stored) ? stored : [];
    } catch {
      return [];
    }
  }

  /** Keeps the tables for the next run. */
  saveRelations(relations: KnownRelation[]): void {
    replaceSync(this.#relationsPath, relations);
  }

  /** The handles of the stored shapes. */
  handles(): string[] {
    return readdirSync(this.#shapes);
  }

  /** The directory of a shape; created when it does not exist. */
  directory(handle: string): string {
    const path = join(this.#shapes, handle);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Deletes a shape's files, in the background. */
  remove(handle: string): void {
    const path = join(this.#shapes, handle);
    if (!existsSync(path)) return;
    const doomed = join(this.#trash, randomUUID());
    renameSync(path, doomed);
    const deletion = rm(doomed, { recursive: true, force: true }).finally(() =>
      this.#deletions.delete(deletion),
    );
    this.#deletions.add(deletion);
  }

  /** Forces every file to disk and gives the directory back. The shapes then survive a restart of the machine. */
  async close(): Promise<void> {
    await Promise.all(this.#deletions);
    await forceToDisk(this.#shapes);
    this.#state = { ...this.#state, boot: null };
    const temporary = `${this.#statePath}.new`;
    await writeFile(temporary, JSON.stringify(this.#state), { flush: true });
    await rename(temporary, this.#statePath);
    this.#release();
  }

  #dropAll(): void {
    for (const handle of this.handles()) this.remove(handle);
  }

  /** The state, once it is in the file. */
  #saved(state: State): State {
    replaceSync(this.#statePath, state);
    return state;
  }
}

/** @throws SetupError */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(
      `Shapes cannot be kept in ${path}: ${reason}.`,
      "Name a directory that can be written to.",
      { cause: error },
    );
  }
}

/** Replaces a file in one step: a reader finds the old content or the new, even after a crash. */
function replaceSync(path: string, content: unknown): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, JSON.stringify(content));
  renameSync(temporary, path);
}

function readState(path: string): State | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is State {
  return typeof value === "object" && value !== null && "version" in value && value.version === 1;
}

async function forceToDisk(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = await open(join(entry.parentPath, entry.name), "r+");
    await file.sync();
    await file.close();
  }
}
