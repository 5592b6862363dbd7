import { keepAlive } from "~/lib/server/http/keep-alive";

/**
 * Copies a request, with another body and another signal where they are given. The copy keeps the original alive, so
 * that an abort reaches the last of several copies.
 */
export function copyRequest(
  request: Request,
  { body = request.body, signal = request.signal }: { body?: BodyInit | null; signal?: AbortSignal },
): Request {
  // Not `new Request(request, …)`: the Node build's request is none of the platform's own.
  const { url, method, headers } = request;
  // A stream needs `duplex`, which the types of the DOM do not know.
  const init = { method, headers, body, signal, duplex: "half" };
  const copy = new Request(url, init);
  keepAlive(request, copy);
  return copy;
}
