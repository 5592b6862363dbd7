import { RowPath } from "./row-path";
import { Steps } from "./steps";

const reads = [
  {
    title: "Postgres commits",
    text: "Electric follows the write-ahead log and turns each change into a line of a shape’s log.",
    file: "packages/core/src/auth/auth.sql.ts",
  },
  {
    title: "The shape route lets through your row only",
    text: "It checks the session, states table, columns and owner itself, and streams the answer on.",
    file: "packages/web/src/routes/api/users.ts",
  },
  {
    title: "The collection takes it in",
    text: "A TanStack DB collection in the browser holds the row; every component that reads it renders anew.",
    file: "packages/web/src/lib/collections.ts",
  },
];

const writes = [
  {
    title: "The edit shows at once",
    text: "The collection changes before the server has heard of it, and remembers what it was.",
    file: "packages/web/src/lib/collections.ts",
  },
  {
    title: "tRPC writes it in one transaction",
    text: "Own row, known fields, valid values; the answer is the id of the Postgres transaction.",
    file: "packages/web/src/lib/trpc/users.ts",
  },
  {
    title: "Its transaction id comes back with the reads",
    text: "Then the edit is confirmed. If it is refused, the row turns back and you are told why.",
    file: "packages/web/src/lib/electric-proxy.ts",
  },
];

/** For developers: the path of one row in both directions. */
export function BothWays() {
  return (
    <section aria-labelledby="path" className="mt-20 sm:mt-28">
      <h2 id="path" className="text-3xl sm:text-4xl">
        The path of one row
      </h2>
      <p className="mt-3 max-w-2xl text-muted-foreground">
        For developers: reads and writes take separate ways, and meet in the collection.
      </p>
      <div className="mt-8">
        <RowPath />
      </div>
      <div className="mt-10 grid gap-10 md:grid-cols-2">
        <div>
          <h3 className="mb-5 text-sm font-semibold text-read">Reading: Postgres to page</h3>
          <Steps steps={reads} tone="read" />
        </div>
        <div>
          <h3 className="mb-5 text-sm font-semibold text-write">Writing: page to Postgres</h3>
          <Steps steps={writes} tone="write" />
        </div>
      </div>
    </section>
  );
}
