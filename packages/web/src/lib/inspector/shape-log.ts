import type { LineMessage } from "~/lib/sync/line/line-message";
import { type Answer, placeOf } from "~/lib/wire/line";
import { moment } from "~/lib/wire/moments";
import { byteLength } from "./byte-length";
import { shapeOf } from "./shape-name";
import { noTraffic, type ShapeTraffic, withAnswer } from "./shape-traffic";

/** What the shapes of this tab have cost, and where they wait. */
export class ShapeLog {
  readonly #traffic = new Map<string, ShapeTraffic>();
  /** The poll that waits for each shape, by the name of the shape. */
  readonly #polls = new Map<string, string>();

  of(name: string): ShapeTraffic {
    return this.#traffic.get(name) ?? noTraffic;
  }

  /** Takes note of a poll that waits on the line. The poll says where the tab is in the log of the shape. */
  wait(poll: string): void {
    const name = shapeOf(poll);
    const parameters = new URLSearchParams(poll.replace(/^[^?]*/, ""));
    this.#polls.set(name, poll);
    this.#traffic.set(name, {
      ...this.of(name),
      handle: parameters.get("handle") ?? undefined,
      offset: parameters.get("offset") ?? undefined,
    });
  }

  /** Takes note of an answer for a shape. */
  hear(name: string, way: "request" | "line", { status, headers, body }: Answer): void {
    const header = (key: string) => headers[key];
    const answer = { at: moment(), way, status, header, bytes: byteLength(body) };
    this.#traffic.set(name, withAnswer(this.of(name), answer));
  }

  /** Takes note of a request that got no answer. */
  fail(name: string): void {
    const { errors, requests, ...rest } = this.of(name);
    this.#traffic.set(name, { ...rest, errors: errors + 1, requests: requests + 1 });
  }

  /**
   * Makes an answer to the poll that waits for a shape, with a handle that the server does not know. The client asks
   * with this handle next, and the server answers as after it has dropped a shape: with 409.
   *
   * @returns undefined while no poll waits
   */
  lostHandle(name: string): LineMessage | undefined {
    const poll = this.#polls.get(name);
    const { offset } = this.of(name);
    if (poll === undefined || offset === undefined) return undefined;
    const answer: Answer = {
      status: 200,
      headers: {
        "content-type": "application/json",
        "electric-handle": `${Date.now()}-dropped`,
        "electric-offset": offset,
        "electric-cursor": String(Date.now()),
        "electric-up-to-date": "",
      },
      body: '[{"headers":{"control":"up-to-date"}}]',
    };
    return { kind: "answer", place: placeOf(poll), answer };
  }
}
