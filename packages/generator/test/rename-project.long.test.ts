import { afterAll, test } from "vitest";
import { openProjectCopy } from "./project-copy.ts";

const copy = await openProjectCopy();

afterAll(() => copy[Symbol.asyncDispose]());

const minutes = 60_000;
// In two pieces, so that the way back does not find the name in this file.
const next = ["quill", "works"].join("-");

test(
  "under its new name the project satisfies lint, types and tests",
  async () => {
    await copy.sh(`npm run rename -- ${next}`);
    await copy.commit();
    await copy.sh("npm run lint");
    const packages = ["core", "generator", "local", "web"].map((one) => `-w @${next}/${one}`);
    await copy.sh(`npm run typecheck ${packages.join(" ")}`);
    // The pictures show the old name until somebody takes them again.
    await copy.sh("npx vitest run --project docs pages map");
    await copy.sh("npx vitest run --project ci");
    // The page shows what the generator writes now.
    await copy.sh("npx vitest run --project generator adding-a-table -t 'dry run writes nothing'");
  },
  15 * minutes,
);

// Takes as long as CI itself. Set the variable to run everything under the new name.
test.runIf(process.env.RENAMED_PROJECT_CHECK)(
  "under its new name the project satisfies everything that CI checks",
  async () => {
    await copy.sh("npm run check");
  },
  90 * minutes,
);
