// The program of `npm run job`: imports the module of a job, and calls its `handler` as Lambda would.
import { pathToFileURL } from "node:url";

const [file = "", event = "{}"] = process.argv.slice(2);

try {
  const { handler }: { handler?: unknown } = await import(pathToFileURL(file).href);
  if (typeof handler !== "function") throw new Error(`${file} exports no function "handler".`);
  const result: unknown = await handler(JSON.parse(event));
  if (result !== undefined) console.log(result);
  // The pool of the database would keep the process alive for a while.
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
