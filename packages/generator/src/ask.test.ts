import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { askForTable, askWhichToRemove } from "./ask.ts";
import { Refusal } from "./refusal.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A person at a terminal, who types once a text has appeared. */
function person() {
  const input = new PassThrough();
  const output = new PassThrough();
  let seen = "";
  let appeared = () => {};
  output.on("data", (data) => {
    seen += data;
    appeared();
  });
  return {
    terminal: { input, output },
    async types(keys: string, when: string) {
      while (!seen.includes(when)) {
        await new Promise<void>((done) => {
          appeared = done;
        });
      }
      seen = "";
      input.write(keys);
    },
  };
}

test("a mistake is refused at its question, which can be answered again", async () => {
  const ada = person();
  const asked = askForTable(root, ada.terminal);
  await ada.types("users\r", "What is the table called?");
  // Ctrl-U empties the line.
  await ada.types("\u0015projects\r", 'too close to "user"');
  await ada.types(",id:uuid\r", "Which columns");
  await ada.types("\b\b\b\b\b\b\barea:numeric?\r", 'Every table has "id" already');
  await ada.types("y", "Are rows shared");
  expect(await asked).toEqual({ table: "projects", columns: "name:text,area:numeric?", shared: true });
});

test("cancelling is a refusal", async () => {
  const ada = person();
  const asked = askForTable(root, ada.terminal);
  const refused = expect(asked).rejects.toBeInstanceOf(Refusal);
  await ada.types("\u0003", "What is the table called?");
  await refused;
});

test("a table that cannot be removed is refused at the question", async () => {
  const ada = person();
  const asked = askWhichToRemove(root, ada.terminal);
  const refused = expect(asked).rejects.toBeInstanceOf(Refusal);
  await ada.types("projects\r", "Which table do you want to remove?");
  await ada.types("\u0015user\r", 'There is no table "projects"');
  await ada.types("\u0003", "declares several tables");
  await refused;
});
