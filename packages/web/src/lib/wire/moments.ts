/**
 * The request header with which a page whose inspector is open asks the server for times. Without the header, the server
 * measures nothing and sends nothing.
 */
export const inspectHeader = "x-tracer-inspect";

/**
 * The header of an answer that says when something happened on the server: names and times in milliseconds since 1970,
 * such as `received=1764200000123.4, answered=1764200000127.9`. The times are about the caller's own request alone.
 */
export const momentsHeader = "x-tracer-moments";

/** Writes the value of the {@link momentsHeader}. */
export function momentsText(moments: Readonly<Record<string, number>>): string {
  return Object.entries(moments)
    .map(([name, at]) => `${name}=${at.toFixed(1)}`)
    .join(", ");
}

/** Reads the value of the {@link momentsHeader}. Leaves out what is no time. */
export function parseMoments(text: string): Record<string, number> {
  const pairs = text.split(",").map((pair) => pair.trim().split("="));
  return Object.fromEntries(
    pairs.flatMap(([name = "", at = ""]) =>
      at !== "" && Number.isFinite(Number(at)) ? [[name, Number(at)]] : [],
    ),
  );
}

/** The present moment, in milliseconds since 1970 with fractions. */
export function moment(): number {
  return performance.timeOrigin + performance.now();
}
