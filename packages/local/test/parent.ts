// A program that tests start and kill. It runs a Postgres on the given folder and prints its address.
import { startPostgres } from "../src/postgres.ts";

const [dataDir = ""] = process.argv.slice(2);
const postgres = await startPostgres({ dataDir, fsync: false });
console.log(JSON.stringify({ pid: postgres.pid, url: postgres.url }));
// A running Postgres does not keep this process alive, but this timer does until the test kills the process.
setInterval(() => {}, 1000);
