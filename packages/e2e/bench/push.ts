import { randomUUID } from "node:crypto";
import type { Person } from "../src/person.ts";
import type { HttpClient } from "./http-client.ts";
import type { Site } from "./site.ts";

/** Returns an act that writes a new name of a person, as the outbox of a page writes. The act rejects on a refusal. */
export function pusherFor({ url }: Pick<Site, "url">, { id, headers }: Person, client: HttpClient) {
  return async (): Promise<void> => {
    const operations = [{ path: "users.update", input: { id, name: `Ada ${randomUUID()}` } }];
    const { status, body } = await client.ask(`${url}/api/trpc/push`, {
      method: "POST",
      headers: { ...headers, "x-tracer-user": id, "content-type": "application/json" },
      body: JSON.stringify({ transactions: [{ id: randomUUID(), operations }] }),
    });
    if (status !== 200 || !body.includes("txid")) throw new Error(`A write got ${status}: ${body}`);
  };
}
