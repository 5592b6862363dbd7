import { namePath } from "../syntax/names.ts";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { ComputeError } from "../values/compute-error.ts";
import { pgColumnType } from "../values/pg-types.ts";
import { reader } from "../values/read.ts";
import type { BuildScope } from "./scope.ts";
import type { Typed } from "./typed.ts";

/**
 * The value of a column.
 * @throws WhereError when the table has no such column
 */
export function column(name: string, location: number, scope: BuildScope): Typed {
  const found = scope.columns.get(name);
  if (!found) throw refusedAt(location, `unknown reference ${name}`);
  scope.usedColumns.add(name);
  const type = pgColumnType(found);
  const read = reader(type);
  return {
    type,
    constant: false,
    location,
    column: name,
    run: ({ row }) => {
      const text = row[name];
      if (text === undefined) throw new ComputeError(`the value of ${name} is unknown`);
      return text === null ? null : read(text);
    },
  };
}

/** `x IN (SELECT …)`. Whoever runs the condition answers for the rows of the sub-query. */
export function membership({ testexpr, location = 0 }: NodeOf<"SubLink">, scope: BuildScope): Typed {
  const refs = testexpr && "RowExpr" in testexpr ? (testexpr.RowExpr.args ?? []) : testexpr ? [testexpr] : [];
  const testColumns = refs.flatMap((ref) =>
    "ColumnRef" in ref ? namePath(ref.ColumnRef.fields).slice(0, 1) : [],
  );
  for (const name of testColumns) column(name, location, scope);
  const index = scope.sublinks.push({ negated: scope.negated, testColumns }) - 1;
  const [first = ""] = testColumns;
  return {
    type: "bool",
    constant: false,
    location,
    run: ({ row, inSubquery }) => {
      const values = testColumns.map((name) => row[name]);
      if (values.includes(undefined)) throw new ComputeError("a compared value is unknown");
      if (!inSubquery) throw new ComputeError("the rows of the sub-query are unknown");
      return inSubquery(
        index,
        row[first] ?? null,
        values.map((value) => value ?? null),
      );
    },
  };
}
