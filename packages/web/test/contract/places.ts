import { z } from "zod";
import { fitting } from "./values";

/** A value in an input that no other value contains: a field, an element, or the key of a record. */
export interface Place {
  /** Keys and positions from the top. The key of a record's entry stands as `{0}`. */
  path: readonly (string | number)[];
  field: z.ZodType;
}

/** Which of the inputs that a schema accepts to make. */
export interface Form {
  /** Which option each union takes, counted around. */
  option: number;
  /** The optional fields that the input has, as `nameOf` names them. */
  present: ReadonlySet<string>;
}

/** Gives the value of a place. Undefined leaves the choice of a fitting value open. */
export type Fill = (place: Place) => unknown;

/** Names a place, as in `moves.0.id`. */
export function nameOf(path: Place["path"]): string {
  return path.join(".");
}

/**
 * Makes an input that a schema accepts, as far as fields can say that one by one. Arrays and records get two entries, so
 * that a check of the first entry alone is found.
 *
 * @param fill called for each place, in the order of the input
 */
export function build(schema: z.ZodType, form: Form, fill: Fill): unknown {
  return value(schema, [], { form, fill });
}

/** Finds the forms that a schema has: without optional fields, with each of them alone, and with all. */
export function formsOf(schema: z.ZodType): Form[] {
  const optional = new Set<string>();
  let options = 1;
  const visit = (field: z.ZodType, path: Place["path"]): void => {
    if (path.length > 8) return;
    const inner = unwrapped(field);
    if (inner !== field && field.safeParse(undefined).success) optional.add(nameOf(path));
    if (inner instanceof z.ZodUnion) options = Math.max(options, inner.options.length);
    for (const [key, child] of childrenOf(inner)) visit(child, [...path, key]);
  };
  visit(schema, []);
  const all = [...optional];
  const withAncestors = (name: string) =>
    new Set(all.filter((one) => name === one || name.startsWith(`${one}.`)));
  const presences = [new Set<string>(), ...all.map(withAncestors), ...(all.length > 1 ? [new Set(all)] : [])];
  return Array.from({ length: options }, (_, option) =>
    presences.map((present) => ({ option, present })),
  ).flat();
}

interface Making {
  form: Form;
  fill: Fill;
}

function value(field: z.ZodType, path: Place["path"], making: Making): unknown {
  const inner = unwrapped(field);
  const at = (one: unknown, key: string | number) => value(one as z.ZodType, [...path, key], making);
  if (inner instanceof z.ZodObject) {
    const kept = Object.entries<z.ZodType>(inner.shape).filter(
      ([key, one]) =>
        !(unwrapped(one) !== one && one.safeParse(undefined).success) ||
        making.form.present.has(nameOf([...path, key])),
    );
    return Object.fromEntries(kept.map(([key, one]) => [key, at(one, key)]));
  }
  if (inner instanceof z.ZodArray) return lengthOf(inner).map((index) => at(inner.element, index));
  if (inner instanceof z.ZodTuple) return inner.def.items.map((one, index) => at(one, index));
  if (inner instanceof z.ZodRecord) {
    const entries = [0, 1].map((nth) => [at(inner.keyType, `{${nth}}`), at(inner.valueType, nth)]);
    return Object.fromEntries(entries);
  }
  if (inner instanceof z.ZodUnion) {
    return value(inner.options[making.form.option % inner.options.length] as z.ZodType, path, making);
  }
  if (inner instanceof z.ZodIntersection) {
    const parts = [inner.def.left, inner.def.right].map((one) => value(one as z.ZodType, path, making));
    return Object.assign({}, ...parts);
  }
  const filled = making.fill({ path, field });
  return filled === undefined ? fitting(nameOf(path), undefined, field, path.length)[0] : filled;
}

/** The positions of an array's elements: two, or as many as the array must or may have. */
function lengthOf(array: z.ZodArray): number[] {
  const fits = [2, 1, 0, 3, 4, 5, 6, 7, 8].find(
    (count) =>
      !array
        .safeParse(Array.from({ length: count }, () => undefined))
        .error?.issues.some(
          ({ code, path }) => path.length === 0 && (code === "too_small" || code === "too_big"),
        ),
  );
  return Array.from({ length: fits ?? 2 }, (_, index) => index);
}

/** The parts of a field, each at the key of its first occurrence in an input. */
function childrenOf(field: z.ZodType): [key: string | number, child: z.ZodType][] {
  const children: [string | number, unknown][] = [];
  if (field instanceof z.ZodObject) children.push(...Object.entries(field.shape));
  if (field instanceof z.ZodArray)
    children.push(...[0, 1].map((index): [number, unknown] => [index, field.element]));
  if (field instanceof z.ZodTuple)
    children.push(...field.def.items.map((one, index): [number, unknown] => [index, one]));
  if (field instanceof z.ZodRecord)
    children.push(...[0, 1].map((nth): [number, unknown] => [nth, field.valueType]));
  if (field instanceof z.ZodIntersection) {
    for (const one of [field.def.left, field.def.right])
      children.push(...childrenOf(unwrapped(one as z.ZodType)));
  }
  if (field instanceof z.ZodUnion) {
    for (const one of field.options) children.push(...childrenOf(unwrapped(one as z.ZodType)));
  }
  return children as [string | number, z.ZodType][];
}

/** Takes what makes a field optional, nullable, default, lazy or a pipe off the field. */
function unwrapped(field: z.ZodType): z.ZodType {
  if (
    field instanceof z.ZodOptional ||
    field instanceof z.ZodNullable ||
    field instanceof z.ZodDefault ||
    field instanceof z.ZodPrefault ||
    field instanceof z.ZodCatch ||
    field instanceof z.ZodReadonly ||
    field instanceof z.ZodNonOptional ||
    field instanceof z.ZodLazy
  ) {
    return unwrapped(field.unwrap() as z.ZodType);
  }
  if (field instanceof z.ZodPipe) {
    const from = field.in as z.ZodType;
    return unwrapped(from instanceof z.ZodTransform ? (field.out as z.ZodType) : from);
  }
  return field;
}
