import type { Catalog } from "../catalog/catalog.ts";
import { type Definition, resolveDefinition, resolveTable, type ShapeRequest } from "./definition.ts";

const REMEMBERED = 10_000;

/** Finds out what requests ask for, and remembers it for as long as their tables stay as they are. */
export class Resolver {
  readonly #catalog: Catalog;
  readonly #exists: (definition: Definition) => boolean;
  readonly #known = new Map<string, Definition>();

  /** @param exists tells whether there is a shape with this definition. */
  constructor(catalog: Catalog, exists: (definition: Definition) => boolean) {
    this.#catalog = catalog;
    this.#exists = exists;
  }

  /** @throws RequestError */
  async resolve(request: ShapeRequest): Promise<Definition> {
    const spelling = JSON.stringify(request);
    const known = this.#known.get(spelling);
    if (known && this.#catalog.known(known.table.schema, known.table.name) === known.table) return known;
    const definition = (await this.#fromMemory(request)) ?? (await this.#fresh(request));
    const [oldest] = this.#known.keys();
    if (this.#known.size >= REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(spelling, definition);
    return definition;
  }

  /** What is remembered of a table is not good enough to make a shape, or to refuse one. */
  async #fromMemory(request: ShapeRequest): Promise<Definition | null> {
    try {
      const table = await resolveTable(this.#catalog, request.table, false);
      const definition = await resolveDefinition(this.#catalog, table, request);
      return this.#exists(definition) ? definition : null;
    } catch {
      return null;
    }
  }

  async #fresh(request: ShapeRequest): Promise<Definition> {
    const table = await resolveTable(this.#catalog, request.table, true);
    return resolveDefinition(this.#catalog, table, request);
  }
}
