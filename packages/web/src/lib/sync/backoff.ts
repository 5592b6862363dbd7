/** The longest wait after the first failure, in milliseconds. The bound doubles with every further failure. */
const firstPause = 500;

interface Bounds {
  /** The bound at which the doubling ends, in milliseconds. */
  readonly longest: number;
  /** The wait that the server asked for, in milliseconds. Default: 0. */
  readonly atLeast?: number;
}

/**
 * Computes how long to wait before a request is sent again. The wait is random, so that the browsers that lost the server
 * at one moment do not all come back at one moment.
 *
 * @param failures how many requests in a row had failed before the last one failed
 * @returns milliseconds: `atLeast`, and up to 500 ms, 1 s, 2 s and so on more, but never more than `longest` more
 */
export function backoff(failures: number, { longest, atLeast = 0 }: Bounds): number {
  return atLeast + Math.random() * Math.min(longest, firstPause * 2 ** failures);
}

/**
 * Reads the wait that an answer asks for in its `retry-after` header.
 *
 * @returns milliseconds. 0 when the header is absent or holds a date, which this app's server never sends
 */
export function retryAfterOf(headers: Headers): number {
  return (Number(headers.get("retry-after")) || 0) * 1000;
}
