import { RowPath } from "./row-path";
import { Steps } from "./steps";

const reads = [
  {
    title: "Postgres commits a change",
    text: "Electric follows the write-ahead log and appends the change to the log of a shape.",
    file: "packages/core/src/auth/auth.sql.ts",
  },
  {
    title: "The shape route sends your row alone",
    text: "The route checks your session, sets the table, the columns and the owner, and streams Electric’s answer to you.",
    file: "packages/web/src/routes/api/users.ts",
  },
  {
    title: "The collection stores the row",
    text: "A TanStack DB collection in the browser holds the row. Components that read the row render again.",
    file: "packages/web/src/lib/collections.ts",
  },
];

const writes = [
  {
    title: "The edit shows at once",
    text: "The collection applies your edit before the server answers, and keeps the old values until then.",
    file: "packages/web/src/lib/collections.ts",
  },
  {
    title: "tRPC writes the row in one transaction",
    text: "The server accepts valid values for known fields of your own row. It answers with the id of the transaction.",
    file: "packages/web/src/lib/trpc/users.ts",
  },
  {
    title: "The transaction id arrives with the reads",
    text: "The id confirms your edit. When the server refuses an edit, the old values return and the page says why.",
    file: "packages/web/src/lib/electric-proxy.ts",
  },
];

/** For developers: how a row travels from Postgres to the page, and an edit back. */
export function BothWays() {
  return (
    <section aria-labelledby="path" className="mt-20 sm:mt-28">
      <h2 id="path" className="text-3xl sm:text-4xl">
        How one row travels
      </h2>
      <p className="mt-3 max-w-2xl text-muted-foreground">
        For developers: reads and writes take separate paths, which meet in the collection.
      </p>
      <div className="mt-8">
        <RowPath />
      </div>
      <div className="mt-10 grid gap-10 md:grid-cols-2">
        <div>
          <h3 className="mb-5 text-sm font-semibold text-read">Reading: from Postgres to the page</h3>
          <Steps steps={reads} tone="read" />
        </div>
        <div>
          <h3 className="mb-5 text-sm font-semibold text-write">Writing: from the page to Postgres</h3>
          <Steps steps={writes} tone="write" />
        </div>
      </div>
    </section>
  );
}
