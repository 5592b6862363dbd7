/** A line of the result: what was measured, and how that is to the limit that was measured in the same run. */
export interface Line {
  what: string;
  value: string;
  over?: string;
  aim?: string;
}

export function print(lines: Line[]): void {
  const rows = [
    { what: "", value: "measured", over: "over the limit", aim: "aim" },
    ...lines.map(({ what, value, over = "", aim = "" }) => ({ what, value, over, aim })),
  ];
  const names = ["what", "value", "over", "aim"] as const;
  const widths = names.map((name) => Math.max(...rows.map((row) => row[name].length)));
  for (const row of rows)
    console.log(
      names
        .map((name, i) => row[name].padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}
