import type { Readable, Writable } from "node:stream";
import { confirm, isCancel, type TextOptions, text } from "@clack/prompts";
import { columnMarks, columnTypes, parseColumns } from "./columns.ts";
import { schemaFileOf } from "./find-schema-file.ts";
import { requireFree } from "./name-conflicts.ts";
import { namesOf } from "./names.ts";
import { withTargets } from "./references.ts";
import { Refusal } from "./refusal.ts";

/** Where the questions appear: by default the terminal of this process. A test passes streams. */
export interface Terminal {
  readonly input?: Readable;
  readonly output?: Writable;
}

/**
 * Asks for a new table. An answer that cannot be accepted is refused at its question, which can be answered again.
 *
 * @param root the project's folder, whose names are taken
 * @throws Refusal when the person cancels
 */
export async function askForTable(
  root: string,
  terminal: Terminal = {},
): Promise<{ table: string; columns: string; shared: boolean }> {
  const table = answered(
    await text({
      ...terminal,
      message: "What is the table called? Use the plural, in snake_case.",
      placeholder: "projects",
      validate: checked(async (name) => requireFree(root, await namesOf(name), [])),
    }),
  );
  const columns = answered(
    await text({
      ...terminal,
      message: `Which columns, besides the id, the owner and the times?\nTypes: ${columnTypes.join(", ")}.\n${columnMarks}.`,
      initialValue: "name:text",
      validate: checked(async (list) => withTargets(root, await namesOf(table), await parseColumns(list))),
    }),
  );
  const shared = answered(
    await confirm({ ...terminal, message: "Are rows shared with other users?", initialValue: false }),
  );
  return { table, columns, shared };
}

/**
 * Asks which table to remove.
 *
 * @throws Refusal when the person cancels
 */
export async function askWhichToRemove(root: string, terminal: Terminal = {}): Promise<string> {
  const validate = checked((name) => schemaFileOf(root, name));
  return answered(await text({ ...terminal, message: "Which table do you want to remove?", validate }));
}

function answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (isCancel(answer)) throw new Refusal("You gave no answer.");
  return answer as Exclude<Answer, symbol>;
}

/** Turns an asynchronous check into the form of validation that the prompts accept: https://standardschema.dev. */
function checked(check: (text: string) => Promise<unknown>): NonNullable<TextOptions["validate"]> {
  const validate = async (value: unknown) => {
    try {
      await check(String(value ?? ""));
      return { value: String(value) };
    } catch (error) {
      if (error instanceof Refusal) return { issues: [{ message: error.message }] };
      throw error;
    }
  };
  return { "~standard": { version: 1, vendor: "tracer", validate } };
}
