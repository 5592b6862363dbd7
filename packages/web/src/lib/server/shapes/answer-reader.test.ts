import { expect, test } from "vitest";
import { type AnswerHead, AnswerReader } from "./answer-reader";

/** Reads an answer that comes in the given pieces, and then the end of the connection if `closes`. */
function read(pieces: readonly Buffer[], { closes = false } = {}) {
  const heads: AnswerHead[] = [];
  const body: Buffer[] = [];
  let ends = 0;
  const reader = new AnswerReader({
    onHead: (head) => heads.push(head),
    onBody: (piece) => body.push(piece),
    onEnd: () => {
      ends += 1;
    },
  });
  for (const piece of pieces) reader.read(piece);
  if (closes) reader.close();
  const { isOver, freesConnection } = reader;
  return { heads, body: Buffer.concat(body).toString(), ends, isOver, freesConnection };
}

/** An answer as text, in which each character stands for one byte. */
function answer(lines: readonly string[], body = ""): Buffer {
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

const json = "content-type: application/json";

const whole: [string, Buffer, { status: number; body: string; keeps: boolean; closes?: boolean }][] = [
  [
    "with its length",
    answer(["HTTP/1.1 200 OK", json, "Content-Length: 5"], "[1,2]"),
    { status: 200, body: "[1,2]", keeps: true },
  ],
  [
    "in chunks, with an extension and trailers",
    answer(
      ["HTTP/1.1 200 OK", json, "transfer-encoding: chunked"],
      "5;ext=1\r\n[1,2,\r\nB\r\n3,4,5,6,7,8\r\n1\r\n]\r\n0\r\nx-sum: 1\r\n\r\n",
    ),
    { status: 200, body: "[1,2,3,4,5,6,7,8]", keeps: true },
  ],
  [
    "without a body, by its status",
    answer(["HTTP/1.1 304 Not Modified", "content-length: 7"]),
    { status: 304, body: "", keeps: true },
  ],
  [
    "with an empty body",
    answer(["HTTP/1.1 409 Conflict", "content-length: 0"]),
    { status: 409, body: "", keeps: true },
  ],
  [
    "after an interim answer",
    answer(
      ["HTTP/1.1 103 Early Hints", "link: </a>", "", "HTTP/1.1 200 OK", json, "content-length: 2"],
      "[]",
    ),
    { status: 200, body: "[]", keeps: true },
  ],
  [
    "of a server that closes the connection",
    answer(["HTTP/1.1 200 OK", "connection: close", "content-length: 2"], "[]"),
    { status: 200, body: "[]", keeps: false },
  ],
  [
    "that ends with the connection",
    answer(["HTTP/1.0 200 OK", json], "[1]"),
    { status: 200, body: "[1]", keeps: false, closes: true },
  ],
];

test.for(whole)("reads an answer %s, however the bytes are cut", ([, bytes, expected]) => {
  const { status, body, keeps, closes = false } = expected;
  for (let cut = 0; cut <= bytes.length; cut++) {
    const got = read([bytes.subarray(0, cut), bytes.subarray(cut)], { closes });
    expect(got).toMatchObject({ body, ends: 1, isOver: true, freesConnection: keeps });
    expect(got.heads.map((head) => head.status)).toEqual([status]);
  }
  const byteByByte = read(
    Array.from(bytes, (byte) => Buffer.of(byte)),
    { closes },
  );
  expect(byteByByte).toMatchObject({ body, ends: 1, isOver: true });
});

test("an answer that the connection cuts off is not over", () => {
  for (const [, bytes, { closes }] of whole) {
    if (closes) continue;
    expect(read([bytes.subarray(0, bytes.length - 1)], { closes: true })).toMatchObject({
      ends: 0,
      isOver: false,
    });
  }
});

test("names headers in lower case, keeps each byte, and joins what comes twice", () => {
  const [head] = read([
    answer([
      "HTTP/1.1 200 OK",
      "Electric-Handle: 12-34",
      'electric-schema:\t{"größe":1} ',
      "vary: a",
      "Vary: b",
      "__proto__: x",
      "content-length: 0",
    ]),
  ]).heads;
  expect(head?.headers).toEqual(
    Object.assign(Object.create(null), {
      "electric-handle": "12-34",
      "electric-schema": '{"größe":1}',
      vary: "a, b",
      ["__proto__"]: "x",
      "content-length": "0",
    }),
  );
});

test.for<[string, Buffer]>([
  ["another protocol", answer(["SSH-2.0-OpenSSH_9.2"])],
  ["another version", answer(["HTTP/2 200"])],
  ["a header without a name", answer(["HTTP/1.1 200 OK", ": x"])],
  ["a length that is no number", answer(["HTTP/1.1 200 OK", "content-length: 1e3"], "x")],
  ["two lengths", answer(["HTTP/1.1 200 OK", "content-length: 1", "content-length: 2"], "xx")],
  ["a chunk without a length", answer(["HTTP/1.1 200 OK", "transfer-encoding: chunked"], "x\r\n")],
  ["more than the answer", answer(["HTTP/1.1 200 OK", "content-length: 1"], "xy")],
  ["an endless head", Buffer.alloc(70_000, "HTTP/1.1 200 OK\r\na: b\r\n")],
])("refuses %s", ([, bytes]) => {
  expect(() => read([bytes])).toThrow();
  const length = Math.ceil(bytes.length / 40);
  const pieces = Array.from({ length: 40 }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
  expect(() => read(pieces)).toThrow();
});
