import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  again?: boolean;
}

/** A client that keeps its connections open and does little else, so that the server is measured and not the client. */
export class HttpClient implements Disposable {
  readonly #agent: Agent;

  constructor(connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @param again sends the request once more when the connection fails. Electric closes a connection after 50 requests
   *   without notice. The app must not
   * @throws Error when the connection fails
   */
  ask(url: string, { again = false, ...options }: AskOptions = {}): Promise<Answer> {
    const first = this.#send(url, options);
    return again ? first.catch(() => this.#send(url, options)) : first;
  }

  async #send(url: string, { method = "GET", headers, body }: Omit<AskOptions, "again">): Promise<Answer> {
    const answered = Promise.withResolvers<Answer>();
    request(url, { method, agent: this.#agent, ...(headers && { headers }) }, async (answer) => {
      const body = await text(answer).catch(answered.reject);
      if (body !== undefined)
        answered.resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
    })
      .on("error", (cause) => {
        const { host, pathname } = new URL(url);
        answered.reject(new Error(`${method} ${host}${pathname} failed.`, { cause }));
      })
      .end(body);
    return answered.promise;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** Does an act again and again, so many at a time. Gives what each took in milliseconds, and the number per second. */
export async function repeat(
  { count, atOnce }: { count: number; atOnce: number },
  act: () => Promise<void>,
): Promise<{ taken: number[]; perSecond: number }> {
  const taken: number[] = [];
  const began = performance.now();
  let left = count;
  const work = async () => {
    while (left-- > 0) {
      const from = performance.now();
      await act();
      taken.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { taken, perSecond: (count * 1000) / (performance.now() - began) };
}
