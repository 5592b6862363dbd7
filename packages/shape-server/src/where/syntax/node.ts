import type { Node } from "@pgsql/types";

/**
 * The body of one kind of node. The grammar gives every node as an object with a single key, its kind:
 * `NodeOf<"FuncCall">` is what stands under the key `FuncCall`.
 */
export type NodeOf<Kind extends string> = Extract<Node, Record<Kind, unknown>>[Kind &
  keyof Extract<Node, Record<Kind, unknown>>];
