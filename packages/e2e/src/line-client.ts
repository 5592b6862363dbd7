import type { Person } from "./person.ts";

/** A frame of a line, as far as the client reads frames. */
interface Frame {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Follows a person's own row over lines, without a browser: loads the row, opens a line, and opens the next line from where
 * the last one ended, as the app's page does.
 *
 * @param seen gets each name of the row once, in the order of the commits
 */
export async function followOwnRow(
  url: string,
  { id, headers }: Person,
  { seen, signal }: { seen: (name: string) => void; signal: AbortSignal },
): Promise<{ lines: number }> {
  const own = { ...headers, "x-tracer-user": id, "content-type": "application/json" };
  const followed = { lines: 0 };
  let place = new URLSearchParams({ offset: "-1" });

  const take = (answered: Headers, body: string) => {
    const part = (name: string) => answered.get(`electric-${name}`) ?? "";
    place = new URLSearchParams({ offset: part("offset"), handle: part("handle"), cursor: part("cursor") });
    for (const { value } of JSON.parse(body)) if (value?.name) seen(value.name);
    return answered.has("electric-up-to-date");
  };
  const load = async () => {
    const answer = await fetch(`${url}/api/users?${place}`, { headers: own, signal });
    if (answer.status === 200) return take(answer.headers, await answer.text());
    await answer.body?.cancel();
    return false;
  };
  const hold = async () => {
    const body = JSON.stringify({ polls: [`/api/users?${place}&live=true`], browser: "one" });
    const answer = await fetch(`${url}/api/line`, { method: "POST", headers: own, body, signal });
    if (answer.status !== 200) return void (await answer.body?.cancel());
    followed.lines += 1;
    for await (const frame of framesOf(answer))
      if (frame.status === 200) take(new Headers(frame.headers), frame.body ?? "[]");
  };

  while (!(await load()));
  void (async () => {
    // A connection that fails is opened anew, until the test is over.
    while (!signal.aborted) await hold().catch(() => {});
  })();
  return followed;
}

async function* framesOf({ body }: Response): AsyncGenerator<Frame> {
  let rest = "";
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}
