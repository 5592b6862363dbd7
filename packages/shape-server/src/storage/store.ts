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
import { SetupError } from "../replication/errors.ts";
import type { KnownRelation } from "../replication/known-relations.ts";
import type { Lsn } from "../replication/lsn.ts";
import { bootOfMachine, sameBoot } from "./boot.ts";
import { claimDirectory } from "./lock.ts";

/** Which log the stored shapes continue: another database or slot makes them worthless. */
export type Source = { systemId: string; database: string; slot: string };

type State = {
  version: 1;
  source: Source | null;
  /** Everything up to here was acknowledged to Postgres, at most. */
  acknowledged: Lsn;
  /** When the machine started; null after a clean end, when everything was forced to disk. */
  boot: string | null;
};

const EMPTY: State = { version: 1, source: null, acknowledged: 0, boot: null };

/**
 * The directory in which a server keeps its shapes:
 *
 *     state.json               what the shapes continue
 *     relations.json           the tables as the stream described them
 *     shapes/<handle>/         one directory per shape: meta.json, pages and log, see there
 *     trash/                   what is being deleted
 *
 * Files are written without forcing them to disk: they survive the death of the process, not that of the machine. A
 * machine that went down without warning is noticed at the next start, and the shapes are dropped, so that no client
 * is told anything wrong.
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
    mkdirSync(this.#shapes, { recursive: true });
    rmSync(this.#trash, { recursive: true, force: true });
    mkdirSync(this.#trash, { recursive: true });
    this.#state = readState(this.#statePath) ?? EMPTY;
    const boot = bootOfMachine();
    if (this.#state.boot !== null && !sameBoot(this.#state.boot, boot)) this.#dropAll();
    this.#state = { ...this.#state, boot };
    this.#saveSync();
  }

  get #statePath(): string {
    return join(this.#root, "state.json");
  }

  get #relationsPath(): string {
    return join(this.#root, "relations.json");
  }

  /** True when the stored shapes continue `source`; otherwise they are gone, and new ones will. */
  continues(source: Source, confirmed: Lsn | null): boolean {
    const same = JSON.stringify(this.#state.source) === JSON.stringify(source);
    // a slot that is ahead of what was acknowledged from here was read by somebody else, or is another one
    const intact = same && confirmed !== null && confirmed <= this.#state.acknowledged;
    if (!intact) {
      this.#dropAll();
      this.#state = { ...this.#state, source, acknowledged: confirmed ?? 0 };
      this.#saveSync();
    }
    return intact;
  }

  /** The slot is a new one that starts at `lsn`. */
  restart(source: Source, lsn: Lsn): void {
    this.#dropAll();
    this.#state = { ...this.#state, source, acknowledged: lsn };
    this.#saveSync();
  }

  /** To be called before `lsn` is acknowledged to Postgres. */
  acknowledging(lsn: Lsn): void {
    if (lsn <= this.#state.acknowledged) return;
    this.#state = { ...this.#state, acknowledged: lsn };
    this.#saveSync();
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

  saveRelations(relations: KnownRelation[]): void {
    replaceSync(this.#relationsPath, relations);
  }

  /** Handles of the stored shapes. */
  handles(): string[] {
    return readdirSync(this.#shapes);
  }

  /** The directory of a shape; made when it is not there. */
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

  /** Ends the use of the directory: everything in it may be trusted after a restart of the machine. */
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

  #saveSync(): void {
    replaceSync(this.#statePath, this.#state);
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
      {
        cause: error,
      },
    );
  }
}

/** A reader, also after a crash, finds the old content or the new. */
function replaceSync(path: string, content: unknown): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, JSON.stringify(content));
  renameSync(temporary, path);
}

function readState(path: string): State | null {
  try {
    const state: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isState(state) ? state : null;
  } catch {
    return null;
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
