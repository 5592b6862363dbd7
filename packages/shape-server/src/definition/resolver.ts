import type { Catalog } from "../catalog/catalog.ts";
import { OutdatedError } from "../errors/outdated-error.ts";
import { RequestError } from "../errors/request-error.ts";
import { type Definition, resolveDefinition, resolveTable, type ShapeRequest } from "./definition.ts";

/** So many definitions are remembered at most. */
const mostRemembered = 10_000;

/** What resolving needs to know of the shapes. */
export interface KnownShapes {
  /** True when there is a shape with this definition. */
  has(definition: Definition): boolean;
  /** True for the handle of a shape that has ended; of each handle once. */
  takeEnded(handle: string): boolean;
}

/**
 * Finds out what requests ask for. The definition that a request was given is remembered, and is good as long as there
 * is a shape with this definition. When the shape has ended, the table is described anew, because nobody has noticed
 * its changes since.
 */
export class Resolver {
  readonly #catalog: Catalog;
  readonly #shapes: KnownShapes;
  /** Request as JSON text → its definition, the oldest first. */
  readonly #remembered = new Map<string, Definition>();

  constructor(catalog: Catalog, shapes: KnownShapes) {
    this.#catalog = catalog;
    this.#shapes = shapes;
  }

  /**
   * The definition of the shape that a request asks for.
   *
   * @param handle the shape that the client follows, if any.
   * @throws RequestError when the request cannot be served.
   * @throws OutdatedError when the request cannot be served as before, though nobody had noticed a change of the table;
   *   and when a client that follows an ended shape would be refused. Both happen once: the next request gets what any
   *   other gets. Electric does the same, because it believes its memory until a snapshot fails.
   */
  async resolve(request: ShapeRequest, handle?: string): Promise<Definition> {
    const spelling = JSON.stringify(request);
    const known = this.#remembered.get(spelling);
    const believed = known && this.#isBelieved(known) ? known : undefined;
    if (believed && this.#shapes.has(believed)) return believed;
    let definition: Definition;
    try {
      definition = (await this.#ofShape(request)) ?? (await this.#ofDatabase(request));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#remembered.delete(spelling);
      const followed = handle !== undefined && this.#shapes.takeEnded(handle);
      throw believed || followed ? new OutdatedError("The table has changed.", { cause: error }) : error;
    }
    this.#remember(spelling, definition);
    if (believed && isLost(believed, definition)) throw new OutdatedError("The table has changed.");
    return definition;
  }

  /** True as long as the catalog has not noticed a change of the definition's table. */
  #isBelieved({ table }: Definition): boolean {
    return this.#catalog.known(table.schema, table.name) === table;
  }

  /** Resolves a request from memory, which is good enough to find a shape, but neither to make one nor to refuse. */
  async #ofShape(request: ShapeRequest): Promise<Definition | undefined> {
    try {
      const table = await resolveTable(this.#catalog, request.table, false);
      const definition = await resolveDefinition(this.#catalog, table, request);
      return this.#shapes.has(definition) ? definition : undefined;
    } catch {
      return undefined;
    }
  }

  async #ofDatabase(request: ShapeRequest): Promise<Definition> {
    const table = await resolveTable(this.#catalog, request.table, true);
    return resolveDefinition(this.#catalog, table, request);
  }

  #remember(spelling: string, definition: Definition): void {
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= mostRemembered && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(spelling, definition);
  }
}

/** True when the table that `now` is made of cannot show what `before` showed: the table is another, or a column is gone. */
function isLost(before: Definition, now: Definition): boolean {
  const names = new Set(now.table.columns.map((column) => column.name));
  return before.table.oid !== now.table.oid || before.columns.some((column) => !names.has(column.name));
}
