import type { Readable, Writable } from "node:stream";
import { confirm, isCancel, type TextOptions, text } from "@clack/prompts";
import { columnTypes, parseColumns } from "./columns.ts";
import { namesOf } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { schemaFileOf } from "./remove-table.ts";
import { requireFree } from "./taken.ts";

/** Where questions are put: the terminal, unless a test says otherwise. */
export interface Terminal {
  input?: Readable;
  output?: Writable;
}

/**
 * Asks for a new table. What would be refused is said at the question.
 *
 * @param root the project's folder, where names may be taken
 * @throws Refusal when the person goes away
 */
export async function askForTable(
  root: string,
  terminal: Terminal = {},
): Promise<{ table: string; columns: string; shared: boolean }> {
  const table = answered(
    await text({
      ...terminal,
      message: "What is the table called? In the plural, in snake_case.",
      placeholder: "projects",
      validate: checked(async (name) => requireFree(root, await namesOf(name), [])),
    }),
  );
  const columns = answered(
    await text({
      ...terminal,
      message: `Which columns, beside the id, the owner and the times?\nTypes: ${columnTypes.join(", ")}; ? at the end when it may be empty.`,
      initialValue: "name:text",
      validate: checked(parseColumns),
    }),
  );
  const shared = answered(
    await confirm({ ...terminal, message: "Are rows shared with other users?", initialValue: false }),
  );
  return { table, columns, shared };
}

/**
 * Asks which table to take out.
 *
 * @throws Refusal when the person goes away
 */
export async function askWhichToRemove(root: string, terminal: Terminal = {}): Promise<string> {
  const validate = checked((name) => schemaFileOf(root, name));
  return answered(await text({ ...terminal, message: "Which table is to go?", validate }));
}

function answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (isCancel(answer)) throw new Refusal("No answer.");
  return answer as Exclude<Answer, symbol>;
}

/** A check that may take its time, in the form that prompts take: https://standardschema.dev */
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
