import { Refusal } from "./refusal.ts";

/** How the default values of a type are written. */
interface Form {
  readonly example: string;
  /** Turns what a person wrote into source text. Undefined when the type has no such value. */
  readonly write: (text: string) => string | undefined;
}

const whole = /^-?\d+$/;

function between(smallest: bigint, greatest: bigint): (text: string) => boolean {
  return (text) => whole.test(text) && BigInt(text) >= smallest && BigInt(text) <= greatest;
}

const isInteger = between(-(2n ** 31n), 2n ** 31n - 1n);
const isBigint = between(-(2n ** 63n), 2n ** 63n - 1n);

/** The types that take a default value, with an example. */
const defaults: Readonly<Record<string, Form>> = {
  text: { example: "='New project'", write: (text) => JSON.stringify(text) },
  integer: { example: "=0", write: (text) => (isInteger(text) ? String(Number(text)) : undefined) },
  // drizzle-kit cannot write a bigint into its snapshot.
  bigint: { example: "=0", write: (text) => (isBigint(text) ? `sql\`${BigInt(text)}\`` : undefined) },
  numeric: {
    example: "=0.00",
    write: (text) => (/^-?\d+(\.\d+)?$/.test(text) ? JSON.stringify(text) : undefined),
  },
  double: {
    example: "=0.5",
    write: (text) =>
      /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))
        ? String(Number(text))
        : undefined,
  },
  boolean: { example: "=false", write: (text) => (/^(true|false)$/.test(text) ? text : undefined) },
  date: { example: "=2026-11-23", write: (text) => (isDay(text) ? JSON.stringify(text) : undefined) },
  timestamptz: { example: "=now", write: (text) => (text === "now" ? "sql`now()`" : undefined) },
  jsonb: { example: "='{}'", write: jsonText },
};

/**
 * Writes the default value of a column as source text for Drizzle.
 *
 * @param part the column as the person wrote it, for the message
 * @param type the type as the person wrote it, such as `double`
 * @param text the default value, without quotes
 * @param labels the labels of an enum
 * @throws Refusal when the type has no such value, with an example of one
 */
export function defaultValue(
  part: string,
  type: string,
  text: string,
  { labels, array }: { labels?: readonly string[] | undefined; array?: boolean | undefined },
): string {
  const { example, write } = formOf(type, labels, array) ?? {};
  if (!example || !write) throw new Refusal(`"${part}": ${type} takes no default value.`);
  const written = write(text);
  if (written !== undefined) return written;
  throw new Refusal(`"${part}": write the default value of ${type}${array ? "[]" : ""} such as ${example}.`);
}

function formOf(
  type: string,
  labels: readonly string[] | undefined,
  array: boolean | undefined,
): Form | undefined {
  if (array) return oneOf(["[]"], (text) => text);
  return labels ? oneOf(labels, JSON.stringify) : defaults[type];
}

function oneOf(values: readonly string[], write: (text: string) => string): Form {
  return { example: `=${values[0]}`, write: (text) => (values.includes(text) ? write(text) : undefined) };
}

function isDay(text: string): boolean {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function jsonText(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value === null ? undefined : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
