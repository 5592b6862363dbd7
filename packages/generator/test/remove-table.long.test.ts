import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openProjectCopy } from "./project-copy.ts";

const copy = await openProjectCopy();

afterAll(() => copy[Symbol.asyncDispose]());

const minutes = 60_000;

const remove = "npm run remove:table -- parcels";
const route = "packages/web/src/routes/api/parcels.ts";
const schema = "packages/core/src/parcel/parcel.sql.ts";
const at = (path: string) => join(copy.folder, path);

test(
  "work that is in no commit is named and kept, until the command is told to discard the work",
  async () => {
    await copy.sh("npm run new:table -- parcels");
    const generated = await readFile(at(route), "utf8");
    await appendFile(at(route), "// Limits come here.\n");
    const before = await copy.status();
    await expect(copy.sh(remove)).rejects.toThrow(
      /Refused: These files hold work that is in no commit:\n {2}packages\/web\/src\/routes\/api\/parcels\.ts\nCommit .*--discard/,
    );
    expect(await copy.status()).toBe(before);
    expect(await copy.sh(`${remove} --dry-run`)).toContain("-// Limits come here.");

    // An index that a person wrote into the migration is work as well.
    await writeFile(at(route), generated);
    const migration = (await copy.sh("ls packages/core/migrations/*_parcels.sql")).trim();
    const sql = await readFile(at(migration), "utf8");
    await appendFile(at(migration), "-- An index comes here.\n");
    await expect(copy.sh(remove)).rejects.toThrow(
      /in no commit:\n {2}packages\/core\/migrations\/\d{4}_parcels/,
    );
    await writeFile(at(migration), sql);

    await appendFile(at(schema), "// The rule comes here.\n");
    await copy.sh(`${remove} --discard`);
    expect(await copy.status()).toBe("");
  },
  5 * minutes,
);

test(
  "files as the generator wrote them are removed without a question, unless nothing is known of them",
  async () => {
    await copy.sh("npm run new:table -- parcels");
    await copy.sh(remove);
    expect(await copy.status()).toBe("");

    await copy.sh("npm run new:table -- parcels");
    await rm(at("node_modules/.cache"), { recursive: true });
    await expect(copy.sh(remove)).rejects.toThrow(/in no commit:(\n {2}packages\/\S+){4}\n/);
  },
  5 * minutes,
);

test(
  "uses are found in pages, however a page reaches the table, and other names are none",
  async () => {
    const uses = {
      "called.tsx": 'collectionsFor("ada").parcels.get("1");',
      "taken.tsx": 'const { users, parcels } = collectionsFor("ada"); export { parcels, users };',
      "renamed.tsx": 'const { parcels: mail } = collectionsFor("ada"); export { mail };',
      "named.tsx": 'collectionsFor("ada")["parcels"].size;',
    };
    const head = 'import { collectionsFor } from "~/lib/collections";\n\n';
    for (const [name, line] of Object.entries(uses)) {
      await writeFile(at(`packages/web/src/${name}`), `${head}${line}\n`);
    }
    const imports = `import { parcelAccess } from "@tracer/core/parcel/parcel.sql";\nexport const rule = parcelAccess;\n`;
    await writeFile(at("packages/web/src/imported.ts"), imports);
    await writeFile(
      at("packages/web/src/client.ts"),
      `import { trpc } from "~/lib/trpc-client";\nexport const send = trpc.parcels.insert;\n`,
    );
    // A test may have an app of its own, with a client and a shape of the same name.
    await writeFile(
      at("packages/web/test/elsewhere.ts"),
      'const trpc = { parcels: 1 };\nexport const own = [trpc.parcels, "/api/parcels"];\n',
    );
    await writeFile(
      at("packages/web/src/address.ts"),
      "export const address = (id: string) => `/api/parcels?offset=$" +
        '{id}`;\nexport const own = "/api/parcels";\n',
    );
    await writeFile(
      at("packages/web/src/other.ts"),
      "const parcels = { parcels: 1 };\nexport const one = parcels.parcels;\n",
    );
    await copy.sh("npx tsc --noEmit -p packages/web");
    const before = await copy.status();

    const refused = await copy.sh(remove).catch((error: Error) => error.message);
    const named = [...refused.matchAll(/^ {2}packages\/web\/(?:src|test)\/(\S+) {2}/gm)].map(
      ([, place]) => place,
    );
    expect(named).toEqual([
      "address.ts:1",
      "address.ts:2",
      "called.tsx:3",
      "client.ts:2",
      "imported.ts:1",
      "named.tsx:3",
      "renamed.tsx:3",
      "taken.tsx:3",
    ]);
    expect(await copy.status()).toBe(before);
  },
  5 * minutes,
);
