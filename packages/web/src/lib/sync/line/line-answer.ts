import type { Answer } from "~/lib/wire/line";

/**
 * An answer that came over the line. The body is in memory, so nothing waits for the browser to read the body as a stream
 * or as a file, which takes messages between the browser's processes.
 */
export class LineAnswer extends Response {
  readonly #text: string;

  constructor({ status, headers, body }: Answer) {
    super(body, { status, headers });
    this.#text = body;
  }

  /** The last two characters of the body. */
  get ending(): string {
    return this.#text.slice(-2);
  }

  override async text(): Promise<string> {
    return this.#text;
  }
}
