// Started by tests as a process of its own, to be killed: runs a Postgres on the given directory and says where.
import { startPostgres } from "../src/postgres.ts";

const [dataDir = ""] = process.argv.slice(2);
const postgres = await startPostgres({ dataDir, fsync: false });
console.log(JSON.stringify({ pid: postgres.pid, url: postgres.url }));
// The server does not keep this process alive for ever: the test ends it.
setInterval(() => {}, 1000);
