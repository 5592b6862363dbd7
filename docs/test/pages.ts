import { filesIn, textOf } from "./source-trees.ts";

const files = filesIn(".");

/** All pages of the repository, as paths from the root. */
export const pages = files.filter((file) => file.endsWith(".md"));

/** The targets of a page's links to other pages and files, without their anchors. */
export function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .flatMap(([, target]) => target ?? [])
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** A script that a page tells its reader to run, and the workspaces that it is run in; none means the root. */
export interface Command {
  readonly script: string;
  readonly workspaces: readonly string[];
}

/** The `npm run` commands on a page. */
export function commandsOf(text: string): Command[] {
  return [...text.matchAll(/npm run ([\w:-]+)([^`\n]*)/g)].map(([, script = "", rest = ""]) => ({
    script,
    workspaces: [...rest.matchAll(/-w @tracer\/([\w-]+)/g)].flatMap(([, name]) => name ?? []),
  }));
}

/** The scripts of a workspace's `package.json`, or of the root's. */
export function scriptsOf(workspace?: string): Record<string, string> {
  const path = workspace === undefined ? "package.json" : `packages/${workspace}/package.json`;
  const { scripts = {} }: { scripts?: Record<string, string> } = JSON.parse(textOf(path));
  return scripts;
}

const code = /`([^`\n]+)`/g;
const fileName = /^[\w$][\w@$./-]*\.(?:tsx?|js|md)$/;
const callName = /^(?:[\w$]+\.)*[\w$]+\(\)$/;

/** The files that a text names in code spans, by as much of each path as the text gives. */
export function namedFiles(text: string): string[] {
  return codesIn(text).filter((span) => fileName.test(span));
}

/** The functions that a text names in code spans, written `name()` or `Class.name()`. */
export function namedFunctions(text: string): string[] {
  return codesIn(text).filter((span) => callName.test(span));
}

function codesIn(text: string): string[] {
  return [...text.matchAll(code)].flatMap(([, span]) => span ?? []);
}

/** The files of the repository whose path ends with `name`. */
export function filesNamed(name: string): string[] {
  return files.filter((file) => file === name || file.endsWith(`/${name}`));
}

/** The steps of a page's numbered lists, one text each. */
export function stepsOf(text: string): string[] {
  return [...text.matchAll(/^\d+\. .*(?:\n {3}.*|\n(?=\n {3}))*/gm)].map(([step]) => step);
}
