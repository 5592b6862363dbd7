import { styleText } from "node:util";
import type { Part, PartState } from "../report.ts";
import { type SchemaState, schemaMessage } from "./schema-state.ts";

/** What the screen shows. */
export interface View {
  readonly title: string;
  readonly url: string;
  readonly parts: ReadonlyMap<Part, { readonly state: PartState; readonly address?: string }>;
  /** Undefined until the first comparison. */
  readonly schema: SchemaState | undefined;
  /** What a key has set going. */
  readonly busy: string | undefined;
  /** The newest lines that the parts wrote, and what happened, the oldest first. */
  readonly news: readonly string[];
  readonly help: boolean;
}

const marks: Record<PartState, readonly [mark: string, color: "green" | "yellow" | "red" | "gray"]> = {
  running: ["●", "green"],
  elsewhere: ["●", "green"],
  starting: ["◌", "yellow"],
  stopped: ["○", "gray"],
  failed: ["✖", "red"],
};

const keys = [
  ["o", "open the browser", "opens the app in the browser"],
  ["p", "database", "a console on the database: psql, or the address for another program"],
  ["m", "migrate", "writes the migration that the schema files lack, and applies it"],
  ["r", "restart", "stops and starts every part; the data stays"],
  ["l", "logs", "shows what each part writes, one part after the other"],
  ["h", "help", "shows or hides these lines"],
  ["q", "quit", "stops everything, as Ctrl-C does"],
] as const;

/**
 * Draws the screen.
 *
 * @param size the terminal's, in characters; longer lines are cut
 * @returns at most `size.rows` lines
 */
export function screenOf(view: View, size: { rows: number; columns: number }): string[] {
  const parts = [...view.parts].map(([part, { state, address = "" }]) => {
    const [mark, color] = marks[state];
    return `  ${styleText(color, mark)} ${part.padEnd(14)}${state.padEnd(11)}${styleText("dim", address)}`;
  });
  const top = [
    "",
    `  ${styleText("bold", view.title)}   ${styleText("cyan", view.url)}`,
    "",
    ...parts,
    ...schemaLines(view.schema),
    ...(view.busy ? [`  ${styleText("yellow", "◌")} ${view.busy} …`] : []),
    "",
  ];
  const bottom = ["", ...(view.help ? helpLines() : [keyLine()])];
  const room = Math.max(0, size.rows - 1 - top.length - bottom.length);
  const news = room === 0 ? [] : view.news.slice(-Math.min(room, 8));
  return [...top, ...news.map((line) => `  ${styleText("dim", "│")} ${line}`), ...bottom]
    .slice(0, size.rows - 1)
    .map((line) => cut(line, size.columns));
}

/** Draws the log of one part: as many of its newest lines as there is room for. */
export function logScreenOf(
  part: Part,
  lines: readonly string[],
  size: { rows: number; columns: number },
): string[] {
  const head = `  ${styleText("bold", `Log of ${part}`)}   ${styleText("dim", "l: the next part, h: back")}`;
  const shown = lines.length === 0 ? ["(nothing yet)"] : lines.slice(-Math.max(1, size.rows - 4));
  return ["", head, "", ...shown.map((line) => cut(`  ${line}`, size.columns))];
}

function schemaLines(schema: SchemaState | undefined): string[] {
  if (!schema) return [`  ${styleText("yellow", "◌")} ${"Schema".padEnd(14)}comparing`];
  if (schema.kind === "complete") return [`  ${styleText("green", "●")} ${"Schema".padEnd(14)}complete`];
  const next = schema.kind === "unclear" ? "" : ` Press ${styleText("bold", "m")}.`;
  const [first = "", ...rest] = schemaMessage(schema).split("\n");
  return [
    `  ${styleText("yellow", "▲")} ${"Schema".padEnd(14)}${first.replace(/:$/, ".")}${next}`,
    ...rest.slice(0, 8).map((line) => `      ${line}`),
  ];
}

function keyLine(): string {
  return `  ${keys.map(([key, name]) => `${styleText("bold", key)} ${styleText("dim", name)}`).join("   ")}`;
}

function helpLines(): string[] {
  return keys.map(([key, , meaning]) => `  ${styleText("bold", key)}  ${meaning}`);
}

/** Cuts a line to a width. Colours take no room. */
function cut(line: string, columns: number): string {
  let room = columns - 1;
  let text = "";
  for (const piece of line.split(escapes)) {
    if (piece.startsWith("\x1B")) {
      text += piece;
    } else {
      text += [...piece].slice(0, room).join("");
      room = Math.max(0, room - [...piece].length);
    }
  }
  return text;
}

/** Splits a text at its colours, which stay as pieces. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape character begins a colour
const escapes = /(\x1B\[[0-9;]*m)/;
