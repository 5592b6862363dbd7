/** The status and the headers of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** By lower-case name, one character for each byte. The values of a header that comes more than once are joined. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Is told what comes of an answer, in this order: once the head, then pieces of the body, once the end. */
export interface AnswerListener {
  onHead(head: AnswerHead): void;
  /** A piece of the body. The piece is never written to again. */
  onBody(piece: Buffer): void;
  onEnd(): void;
}

type State = "head" | "body" | "chunk size" | "chunk" | "after chunk" | "trailer" | "until close" | "over";

/** The most bytes that a head, or a line between two chunks, may take. */
const longestText = 65_536;

const nothing = Buffer.alloc(0);

/** Reads one answer of HTTP/1.1 from the bytes of a connection. */
export class AnswerReader {
  readonly #listener: AnswerListener;
  #state: State = "head";
  /** What has come and is not read yet. */
  #rest: Buffer = nothing;
  /** The bytes that the body, or the present chunk, still lacks. */
  #missing = 0;
  #keepsConnection = false;

  constructor(listener: AnswerListener) {
    this.#listener = listener;
  }

  /** True when the answer is complete. */
  get isOver(): boolean {
    return this.#state === "over";
  }

  /** True when the answer is complete, and the connection can serve another request. */
  get freesConnection(): boolean {
    return this.isOver && this.#keepsConnection;
  }

  /**
   * Takes the bytes that have come.
   *
   * @throws when the bytes are no answer of HTTP/1.1, or go on after the end of the answer
   */
  read(piece: Buffer): void {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    while (this.#rest.length > 0 && this.#step());
  }

  /** Takes the orderly end of the connection, which some answers end with. */
  close(): void {
    if (this.#state === "until close") this.#end();
  }

  /** Reads the next part. Returns false when the part has not come yet. */
  #step(): boolean {
    switch (this.#state) {
      case "head":
        return this.#readHead();
      case "body":
      case "chunk":
        return this.#readBytes();
      case "chunk size":
        return this.#readLine((line) => this.#beginChunk(line));
      case "after chunk":
        return this.#readLine(() => this.#go("chunk size"));
      case "trailer":
        return this.#readLine((line) => line === "" && this.#end());
      case "until close":
        this.#handOn(this.#rest.length);
        return true;
      case "over":
        throw new Error("bytes after the end of an answer");
    }
  }

  #readHead(): boolean {
    const text = this.#textUntil("\r\n\r\n");
    if (text === undefined) return false;
    const [start = "", ...lines] = text.split("\r\n");
    const [, minor, digits] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(start) ?? [];
    if (digits === undefined) throw new Error("no answer of HTTP/1.1");
    const status = Number(digits);
    // An interim answer, such as 103, comes before the answer.
    if (status < 200) return true;
    const headers = headersOf(lines);
    this.#keepsConnection = minor === "1" && !/\bclose\b/i.test(headers.connection ?? "");
    this.#listener.onHead({ status, headers });
    this.#beginBody(status, headers);
    return true;
  }

  #beginBody(status: number, headers: AnswerHead["headers"]): void {
    const length = headers["content-length"];
    if (status === 204 || status === 304) this.#end();
    else if (/\bchunked\s*$/i.test(headers["transfer-encoding"] ?? "")) this.#go("chunk size");
    else if (length === undefined) {
      this.#keepsConnection = false;
      this.#go("until close");
    } else {
      if (!/^\d+$/.test(length)) throw new Error("no length of a body");
      this.#missing = Number(length);
      if (this.#missing === 0) this.#end();
      else this.#go("body");
    }
  }

  #beginChunk(line: string): void {
    const [, digits] = /^([\da-f]{1,12})\s*(?:;|$)/i.exec(line) ?? [];
    if (digits === undefined) throw new Error("no length of a chunk");
    this.#missing = Number.parseInt(digits, 16);
    this.#go(this.#missing === 0 ? "trailer" : "chunk");
  }

  #readBytes(): boolean {
    const length = Math.min(this.#missing, this.#rest.length);
    this.#missing -= length;
    this.#handOn(length);
    if (this.#missing > 0) return false;
    if (this.#state === "chunk") this.#go("after chunk");
    else this.#end();
    return true;
  }

  #handOn(length: number): void {
    const piece = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#listener.onBody(piece);
  }

  #readLine(take: (line: string) => void): boolean {
    const line = this.#textUntil("\r\n");
    if (line === undefined) return false;
    take(line);
    return true;
  }

  /** Takes the text before a mark, and the mark. Undefined when the mark has not come yet. */
  #textUntil(mark: string): string | undefined {
    const end = this.#rest.indexOf(mark, 0, "latin1");
    if (end > longestText || (end < 0 && this.#rest.length > longestText)) throw new Error("too long a head");
    if (end < 0) return undefined;
    const text = this.#rest.toString("latin1", 0, end);
    this.#rest = this.#rest.subarray(end + mark.length);
    return text;
  }

  #go(state: State): void {
    this.#state = state;
  }

  #end(): void {
    this.#state = "over";
    this.#listener.onEnd();
  }
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error("no header");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}
