/** What one shape has cost this tab since the inspector was opened, and where the shape's log is. */
export interface ShapeTraffic {
  readonly handle: string | undefined;
  /** The place in the shape's log up to which this tab has heard. */
  readonly offset: string | undefined;
  /** How many requests this tab sent for the shape alone. */
  readonly requests: number;
  /** How many answers came over the line. */
  readonly answers: number;
  /** The bytes of all bodies. */
  readonly bytes: number;
  /** How often the shape was loaded anew, because the server no longer knew the handle. */
  readonly refetches: number;
  readonly errors: number;
  /** When the last answer came, in milliseconds since 1970. */
  readonly heardAt: number | undefined;
}

export const noTraffic: ShapeTraffic = {
  handle: undefined,
  offset: undefined,
  requests: 0,
  answers: 0,
  bytes: 0,
  refetches: 0,
  errors: 0,
  heardAt: undefined,
};

/** An answer for a shape, from a request of its own or from the line. */
export interface ShapeAnswer {
  readonly at: number;
  readonly way: "request" | "line";
  readonly status: number;
  readonly header: (name: string) => string | null | undefined;
  readonly bytes: number;
}

/** Adds an answer to the traffic of its shape. */
export function withAnswer(traffic: ShapeTraffic, answer: ShapeAnswer): ShapeTraffic {
  const { at, way, status, header, bytes } = answer;
  const isGood = status === 200 || status === 304;
  return {
    handle: header("electric-handle") ?? traffic.handle,
    offset: status === 200 ? (header("electric-offset") ?? traffic.offset) : traffic.offset,
    requests: traffic.requests + (way === "request" ? 1 : 0),
    answers: traffic.answers + (way === "line" ? 1 : 0),
    bytes: traffic.bytes + bytes,
    refetches: traffic.refetches + (status === 409 ? 1 : 0),
    errors: traffic.errors + (isGood || status === 409 ? 0 : 1),
    heardAt: at,
  };
}

/** A transaction whose changes are in an answer. */
export interface Arrival {
  readonly txid: number;
  readonly lsn: string | undefined;
}

/** Reads which transactions changed rows in the body of an answer. The rows of a first load name no transaction. */
export function arrivalsIn(body: string): Arrival[] {
  const arrivals = new Map<number, Arrival>();
  for (const { txids = [], lsn } of messageHeaders(body)) {
    for (const txid of txids) arrivals.set(txid, { txid, lsn: lsn === undefined ? undefined : String(lsn) });
  }
  return [...arrivals.values()];
}

interface MessageHeaders {
  txids?: number[];
  lsn?: string | number;
}

function messageHeaders(body: string): MessageHeaders[] {
  try {
    const messages: unknown = JSON.parse(body);
    return Array.isArray(messages)
      ? messages.map((message: { headers?: MessageHeaders }) => message?.headers ?? {})
      : [];
  } catch {
    return [];
  }
}
