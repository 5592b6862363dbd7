import { Steps } from "./steps";

const steps = [
  {
    title: "Schema",
    text: "The table in Drizzle, and its Zod schemas made from it.",
    file: "packages/core/src/<domain>/<domain>.sql.ts",
  },
  {
    title: "Shape route",
    text: "Which columns, and whose rows.",
    file: "packages/web/src/routes/api/<table>.ts",
  },
  {
    title: "Router",
    text: "What may be written, and by whom.",
    file: "packages/web/src/lib/trpc/<table>.ts",
  },
  {
    title: "Collection",
    text: "One entry, and the rows are live.",
    file: "packages/web/src/lib/collections.ts",
  },
];

/** For developers: what the next table takes. */
export function NextTable() {
  return (
    <section aria-labelledby="next-table" className="mt-20 grid gap-8 sm:mt-28 md:grid-cols-2">
      <div>
        <h2 id="next-table" className="text-3xl sm:text-4xl">
          Made to be copied
        </h2>
        <p className="mt-3 max-w-md text-muted-foreground">
          The user’s row is the smallest case of a pattern. The next table takes the same few files, each of
          which says what is allowed and nothing about how it is done.
        </p>
      </div>
      <Steps steps={steps} />
    </section>
  );
}
