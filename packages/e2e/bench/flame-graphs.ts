import { flameGraph } from "./flame-graph.ts";
import { flameTree } from "./flame-tree.ts";
import { HttpClient, repeat } from "./http-client.ts";
import type { Inspector } from "./inspector.ts";
import { pusherFor } from "./push.ts";
import { type Site, upToDate, waysToRow } from "./site.ts";

/** A flame graph, with the name of its file below `docs`. */
export interface Graph {
  title: string;
  file: string;
  svg: string;
}

/** How many requests are under way at a time while the profile is taken. */
const atOnce = 16;
const requests = 6_000;
const writes = 1_500;

/** Profiles the web process while it answers shape requests, and while it takes writes, and draws both profiles. */
export async function flameGraphs(site: Site): Promise<Graph[]> {
  using inspector = await site.inspect();
  using client = new HttpClient(atOnce);
  return [
    await graphOf(inspector, { file: "flame-shape-route", title: "Shape requests that are up to date" }, () =>
      askShapes(site, client),
    ),
    await graphOf(inspector, { file: "flame-write", title: "Writes over HTTP" }, () => write(site, client)),
  ];
}

async function graphOf(
  inspector: Inspector,
  { title, file }: Pick<Graph, "title" | "file">,
  load: () => Promise<void>,
): Promise<Graph> {
  await inspector.startProfile();
  await load();
  const tree = flameTree(await inspector.stopProfile());
  return { title, file: `benchmarks/${file}.svg`, svg: flameGraph(tree, title) };
}

async function askShapes(site: Site, client: HttpClient): Promise<void> {
  const { app } = await waysToRow(site);
  const query = await upToDate(app, client);
  await repeat({ count: requests, atOnce }, async () => void (await app.ask(client, query)));
}

/** Each write is of another person, because writes of one row wait for each other. */
async function write(site: Site, client: HttpClient): Promise<void> {
  const pushes: (() => Promise<void>)[] = [];
  while (pushes.length < atOnce) pushes.push(pusherFor(site, await site.signUp(), client));
  await Promise.all(pushes.map((push) => repeat({ count: writes / atOnce, atOnce: 1 }, push)));
}
