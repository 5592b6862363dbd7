import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { restRefused } from "~/lib/server/http/rest-refused";

test("a refused client's next request waits, and nobody else's does", async () => {
  restRefused();
  const served: string[] = [];
  const server = createServer(({ url = "" }, answer) => {
    served.push(url);
    answer.writeHead(url.startsWith("/greedy") ? 429 : 200).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const greedy = new Agent({ keepAlive: true, maxSockets: 1 });
  const other = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(async () => {
    greedy.destroy();
    other.destroy();
    await server[Symbol.asyncDispose]();
  });

  const ask = async (agent: Agent, path: string) => {
    const [answer] = await once(request({ host: "127.0.0.1", port, path, agent }).end(), "response");
    answer.resume();
    await once(answer, "end");
    return answer.statusCode;
  };
  expect(await ask(greedy, "/greedy/1")).toBe(429);
  const again = ask(greedy, "/greedy/2");
  for (const n of [1, 2, 3]) expect(await ask(other, `/other/${n}`)).toBe(200);
  expect(await again).toBe(429);

  expect(served).toEqual(["/greedy/1", "/other/1", "/other/2", "/other/3", "/greedy/2"]);
});
