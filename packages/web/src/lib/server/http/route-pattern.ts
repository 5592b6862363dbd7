/** The files of all routes. No file is loaded here. */
const files = Object.keys(import.meta.glob("../../../routes/**/*.{ts,tsx}"));

/** The patterns of all routes as segments, such as `["api", "trpc", "$"]`. The most exact patterns come first. */
const patterns = files
  .map(segmentsOf)
  .sort((a, b) => placeholders(a) - placeholders(b) || b.length - a.length);

const exact = new Set(patterns.filter((pattern) => placeholders(pattern) === 0).map(written));

/**
 * Finds the pattern of the route at a path, for the log. A path itself can hold anything that a stranger types.
 *
 * @param path such as `/api/trpc/users.update`
 * @returns such as `/api/trpc/$`. `/$` when no route is at the path
 */
export function routePattern(path: string): string {
  if (exact.has(path)) return path;
  if (path.startsWith("/_serverFn/")) return "/_serverFn/$";
  const asked = path.split("/").slice(1);
  const found = patterns.find((pattern) => fits(pattern, asked));
  return found ? written(found) : "/$";
}

/** A segment that begins with `_` only groups routes, `index` stands for the folder, and a dot separates like a slash. */
function segmentsOf(file: string): string[] {
  return file
    .slice(file.indexOf("/routes/") + "/routes/".length)
    .replace(/\.tsx?$/, "")
    .split(/[/.]/)
    .filter((segment) => !segment.startsWith("_") && segment !== "index");
}

function fits(pattern: string[], asked: string[]): boolean {
  const open = pattern.at(-1) === "$";
  if (open ? asked.length < pattern.length : asked.length !== pattern.length) return false;
  return pattern.every((segment, index) => segment.startsWith("$") || segment === asked[index]);
}

function placeholders(pattern: string[]): number {
  return pattern.filter((segment) => segment.startsWith("$")).length;
}

function written(pattern: string[]): string {
  return `/${pattern.join("/")}`;
}
