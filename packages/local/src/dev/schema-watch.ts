import { type FSWatcher, watch } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { bringToNewest } from "../migrations.ts";
import { pathOf } from "../node-child.ts";
import { type SchemaState, schemaState, writeMigration } from "./schema-state.ts";

/** Watches the schema files and the migrations of a running app. */
export interface SchemaWatch {
  /** Writes the migration that is missing, and applies what the database lacks. @throws Error with what went wrong */
  migrate(): Promise<void>;
  close(): void;
}

/** Editors write a file in several steps. Milliseconds. */
const quiet = 150;

/**
 * Compares the schema files, the migrations and the database now and after each change of a file.
 *
 * @param databaseUrl a direct URL of the database
 * @param onState called with the first state, and with each state that differs from the one before
 */
export function watchSchema(databaseUrl: string, onState: (state: SchemaState) => void): SchemaWatch {
  let last: SchemaState | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  // Comparisons run one after the other: the last one sees the newest files.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const result = turn.then(act);
    turn = result.catch(() => {});
    return result;
  };
  const compare = async (): Promise<SchemaState> => {
    const state = await schemaState(databaseUrl).catch(
      (error: unknown): SchemaState => ({
        kind: "unclear",
        reason: error instanceof Error ? error.message : String(error),
      }),
    );
    if (!closed && !isDeepStrictEqual(state, last)) onState(state);
    last = state;
    return state;
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void inTurn(compare), quiet);
  };

  const watchers: FSWatcher[] = [
    watch(pathOf("../../../core/src", import.meta.url), { recursive: true }, (_event, name) => {
      if (name?.endsWith(".sql.ts")) soon();
    }),
    watch(pathOf("../../../core/migrations/meta", import.meta.url), soon),
  ];
  void inTurn(compare);
  return {
    migrate: () =>
      inTurn(async () => {
        const state = await compare();
        if (state.kind === "unclear") throw new Error(state.reason);
        if (state.kind === "unmigrated") await writeMigration();
        await bringToNewest(databaseUrl);
        await compare();
      }),
    close() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
