import type { IncomingHttpHeaders } from "node:http";

/** A frame of a line, as far as the browsers here read frames. A sign of life has none of these. */
export interface Frame {
  /** The index of the answered poll. */
  poll?: number;
  status?: number;
  headers?: IncomingHttpHeaders;
  body?: string;
}

/** Returns the path and query of the request that follows an answer of Electric. It is no live request yet. */
export function after(path: string, headers: IncomingHttpHeaders): string {
  const [shape = "", query] = path.split("?");
  const next = new URLSearchParams(query);
  next.delete("live");
  for (const part of ["offset", "handle", "cursor"]) {
    const value = headers[`electric-${part}`];
    if (value !== undefined) next.set(part, String(value));
  }
  return `${shape}?${next}`;
}
