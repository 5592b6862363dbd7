/** A row of a synced table: its key and its columns in camelCase. */
export type SyncedRow = { id: string } & Record<string, unknown>;
