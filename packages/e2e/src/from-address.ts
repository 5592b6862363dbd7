import { request as askHttp } from "node:http";
import { request as askHttps } from "node:https";
import { text } from "node:stream/consumers";

/** A request as `fetch` takes one, from an address of this machine. */
interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Such as 127.8.7.6. */
  readonly from: string;
}

/**
 * Sends a request from one of the many addresses that Linux gives to the machine itself, so that the server takes each
 * address for another client. Other systems have one such address, which is used there instead.
 */
export async function fetchFrom(
  url: string,
  { method = "GET", headers, body, from }: Sent,
): Promise<Response> {
  const answered = Promise.withResolvers<Response>();
  const ask = url.startsWith("https:") ? askHttps : askHttp;
  const place = process.platform === "linux" ? { localAddress: from } : {};
  // All of 127.0.0.0/8 is IPv4, and "localhost" may be IPv6.
  const options = { method, family: 4, agent: false, ...place, ...(headers && { headers }) };
  ask(url, options, async (answer) => {
    try {
      const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      );
      const content = await text(answer);
      answered.resolve(
        new Response(content === "" ? null : content, { status: answer.statusCode ?? 0, headers: pairs }),
      );
    } catch (error) {
      answered.reject(error);
    }
  })
    .on("error", answered.reject)
    .end(body);
  return answered.promise;
}

/** Makes up an address of this machine. The server counts by address, so each person needs an address of their own. */
export function randomAddress(): string {
  // The first addresses belong to programs, and the last one is that of the network.
  return `127.${[0, 0, 0].map(() => 1 + Math.floor(Math.random() * 254)).join(".")}`;
}
