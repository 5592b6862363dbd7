import { Steps } from "./steps";

const steps = [
  {
    title: "Schema",
    text: "The table in Drizzle, its Zod schemas, and who may read and change its rows.",
    file: "packages/core/src/<domain>/<domain>.sql.ts",
  },
  {
    title: "Shape route",
    text: "Sends each person the rows that they may read.",
    file: "packages/web/src/routes/api/<table>.ts",
  },
  {
    title: "Router",
    text: "Takes the changes that a person may make.",
    file: "packages/web/src/lib/trpc/<table>.ts",
  },
  {
    title: "Collection",
    text: "One line makes the rows live in the browser.",
    file: "packages/web/src/lib/collections.ts",
  },
];

/** For developers: the files that a new table needs. */
export function NextTable() {
  return (
    <section aria-labelledby="next-table" className="mt-20 grid gap-8 sm:mt-28 md:grid-cols-2">
      <div>
        <h2 id="next-table" className="text-3xl sm:text-4xl">
          Add a table of your own
        </h2>
        <p className="mt-3 max-w-md text-muted-foreground">
          The profile follows a pattern that every table can follow. A new table takes these files, and one
          command writes them. Each file says what is allowed, and the shared code does the rest.
        </p>
      </div>
      <Steps steps={steps} />
    </section>
  );
}
