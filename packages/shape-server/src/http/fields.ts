import { IdentifierError, parseColumns } from "../catalog/identifiers.ts";

/** Parameters as they come, from the query string and, of POST requests, from the body. */
export interface RawParameters {
  [name: string]: unknown;
}

/** Reads parameters one by one, and collects what is wrong with them in `errors`. */
export class Fields {
  /** The complaints about each parameter. */
  readonly errors: Record<string, string[]> = {};
  readonly #raw: RawParameters;

  constructor(raw: RawParameters) {
    this.#raw = raw;
  }

  refuse(name: string, reason: string): void {
    this.errors[name] = [reason];
  }

  /** Undefined when the parameter is absent; null, an empty text and a text of spaces count as absent. */
  #value(name: string): unknown {
    const value = this.#raw[name];
    if (value === null || (typeof value === "string" && value.trim() === "")) return undefined;
    return value;
  }

  /** The parameter `name`, which must be a text. */
  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value === "string") return value;
    this.refuse(name, "is invalid");
    return undefined;
  }

  /** The parameter `name`, which must be one of `values`; `otherwise` when it is absent. */
  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const found = values.find((value) => value === text);
    if (found === undefined) this.refuse(name, "is invalid");
    return found ?? otherwise;
  }

  has(name: string): boolean {
    return this.#raw[name] !== undefined;
  }

  /** A flag that is true for every value but the text "false", even for JSON's `false`. */
  flag(name: string): boolean {
    return this.has(name) && this.#raw[name] !== "false";
  }

  /** A flag that must be true or false; absent means false. Complaints go to the parameter `complainAs`. */
  boolean(name: string, complainAs = name): boolean {
    const value = this.#value(name);
    if (value === "true" || value === "1" || value === true) return true;
    const no = [undefined, "false", "0", false];
    if (!no.some((candidate) => candidate === value)) this.refuse(complainAs, "is invalid");
    return false;
  }

  /** A whole number from `least` on; `complaint` says what is wrong with a smaller one. */
  integer(name: string, least: number, complaint: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const number = typeof value === "string" && /^[+-]?\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== "number" || !Number.isSafeInteger(number)) {
      this.refuse(name, "is invalid");
      return undefined;
    }
    if (number < least) this.refuse(name, complaint);
    return number;
  }

  /** A list of columns: one text with commas between the names, or the names themselves. */
  columns(name: string): string[] | undefined {
    const value = this.#value(name);
    if (Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === "string")) {
      if (value.includes("")) this.refuse(name, "Invalid zero-length identifier");
      return value;
    }
    const text = this.text(name);
    try {
      return text === undefined ? undefined : parseColumns(text);
    } catch (error) {
      if (!(error instanceof IdentifierError)) throw error;
      this.refuse(name, error.message);
      return undefined;
    }
  }

  /** A map of texts, such as `params[1]=…&params[2]=…`. */
  map(name: string): Record<string, string> {
    const value = this.#value(name);
    if (value === undefined) return {};
    if (isRecord(value) && Object.values(value).every((entry) => typeof entry === "string")) {
      return toTexts(value);
    }
    this.refuse(name, "is invalid");
    return {};
  }

  /** A map, or the JSON text of a map. Its values become texts. */
  jsonMap(name: string): Record<string, string> {
    const value = this.#value(name);
    if (value === undefined) return {};
    if (isRecord(value)) return toTexts(value);
    if (typeof value !== "string") {
      this.refuse(name, "is invalid");
      return {};
    }
    let decoded: unknown;
    try {
      decoded = JSON.parse(value);
    } catch {
      this.refuse(name, "params must be valid JSON");
      return {};
    }
    if (isRecord(decoded)) return toTexts(decoded);
    this.refuse(name, "params must be a JSON object");
    return {};
  }
}

const toTexts = (map: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value === null ? "" : String(value)]));

/** True of a map: an object that is no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
