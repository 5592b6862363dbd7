import pg from "pg";

/** What a database says of its logical replication slots. Electric reads the write-ahead log through one. */
export interface Replication {
  /** How many slots there are. */
  readonly slots: number;
  /** How many of them nobody reads. */
  readonly unread: number;
  /** How many bytes of the log the slowest reader has not confirmed. */
  readonly lag: number;
  /** How many bytes of the log Postgres keeps for the slots. */
  readonly kept: number;
}

/**
 * Asks a database for the state of its slots. The app's role may do so, and the pooler takes the statement.
 *
 * @throws the database's error
 */
export async function readReplication(databaseUrl: string): Promise<Replication> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    // A slot that Postgres has given up has no position any more.
    const { rows } = await client.query<Replication>(`
      select count(*)::int as slots,
        count(*) filter (where not active)::int as unread,
        coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)), 0)::float8 as lag,
        coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)::float8 as kept
      from pg_replication_slots where slot_type = 'logical' and database = current_database()`);
    const [state] = rows;
    if (!state) throw new Error("Postgres has answered no row.");
    return state;
  } finally {
    await client.end();
  }
}

/** The names of the metrics, which the alarms ask for. */
export const replicationMetrics = {
  slots: { name: "ReplicationSlots", unit: "Count" },
  unread: { name: "UnreadReplicationSlots", unit: "Count" },
  lag: { name: "ReplicationLag", unit: "Bytes" },
  kept: { name: "LogKeptForReplication", unit: "Bytes" },
} as const;

/**
 * Writes a state as a line in CloudWatch's embedded metric format. CloudWatch makes metrics of such a line, so the function
 * needs no right to write metrics: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html.
 *
 * @param at the time of the state, in milliseconds since 1970
 */
export function metricLine(namespace: string, state: Replication, at: number): string {
  const metrics = Object.values(replicationMetrics).map(({ name, unit }) => ({ Name: name, Unit: unit }));
  return JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics: metrics }],
    },
    [replicationMetrics.slots.name]: state.slots,
    [replicationMetrics.unread.name]: state.unread,
    [replicationMetrics.lag.name]: state.lag,
    [replicationMetrics.kept.name]: state.kept,
  });
}
