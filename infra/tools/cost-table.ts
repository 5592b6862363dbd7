import { type Cost, functionCost, perBrowser, selfHostedCost, serviceCost } from "./cost-model.ts";

const counts = [10, 1_000, 100_000];
const ways: Record<string, (browsers: number) => Cost> = {
  function: functionCost,
  service: serviceCost,
  "self-hosted": selfHostedCost,
};

const head = [
  "where",
  "open browsers",
  "instances",
  "compute",
  "balancer",
  "network",
  "a month",
  "an open browser",
];

/** The costs of every way and number of browsers, as a table in Markdown. */
export function costTable(): string {
  const rows = Object.entries(ways).flatMap(([name, costOf]) =>
    counts.map((count) => rowOf(name, costOf(count), count)),
  );
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return [head, widths.map((width) => "-".repeat(width)), ...rows]
    .map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`)
    .join("\n");
}

function rowOf(name: string, cost: Cost, browsers: number): string[] {
  const one = perBrowser(cost, browsers);
  const parts = [cost.compute, cost.balancer, cost.network, one * browsers].map(dollars);
  return [
    name,
    browsers.toLocaleString("en-US"),
    cost.instances.toLocaleString("en-US"),
    ...parts,
    `$${one.toFixed(4)}`,
  ];
}

function dollars(amount: number): string {
  return `$${amount.toLocaleString("en-US", { maximumFractionDigits: amount < 10 ? 2 : 0 })}`;
}
