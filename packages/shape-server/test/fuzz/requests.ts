import fc from "fast-check";

// Random requests: some nearly right, some far from it, many with an attempt to make the database do something else.

export interface Request {
  method: string;
  path: string;
  headers: [string, string][];
  body: string;
}

const INJECTIONS = [
  "id = 1; DROP TABLE canary",
  "1=1) TO STDOUT; DROP TABLE canary; --",
  "id = 1 UNION SELECT secret FROM canary",
  "id IN (SELECT id FROM canary WHERE pg_sleep(20) IS NULL)",
  "id = (SELECT count(*) FROM canary)",
  "EXISTS (SELECT 1 FROM canary)",
  "name = current_setting('data_directory')",
  "name = pg_read_file('/etc/passwd')",
  "lo_import('/etc/passwd') = 1",
  "set_config('log_statement', 'all', false) = 'x'",
  "nextval('touched') > 0",
  "touch() = 1",
  "name = query_to_xml('DROP TABLE canary', true, true, '')::text",
  "'; DROP TABLE canary; --",
  "$1; DROP TABLE canary",
  "id = 1 /* */ --",
  "name LIKE E'\\' OR 1=1 --'",
  "name = $$x$$; DROP TABLE canary",
  "id::regclass::text = 'canary'",
  "canary",
  'canary"; DROP TABLE canary; --',
  "public.items; DROP TABLE canary",
  "pg_catalog.pg_authid",
  "information_schema.tables",
];

const GOOD = [
  "id = 1",
  "name = 'x'",
  "id IN (1, 2)",
  "name LIKE '%x%'",
  "id > 1 AND active",
  "id = $1",
  "tags @> '{a}'",
];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...INJECTIONS) },
  { weight: 3, arbitrary: fc.constantFrom(...GOOD) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "\0", "a\0b", "(".repeat(3_000), "NOT ".repeat(3_000), "\ud800", "'", '"'),
  },
  { weight: 1, arbitrary: fc.nat(9_000).map((length) => "x".repeat(length)) },
);

const mixed = (...usual: string[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: text });

const PARAMETERS = new Map<string, fc.Arbitrary<string>>([
  ["__proto__", text],
  ...Object.entries({
    table: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom("items", "public.items", '"items"', "nothing", "v") },
      // to show the canary is no mistake when it is asked for by its name
      text.filter((name) => name !== "canary"),
    ),
    offset: mixed("-1", "now", "0_0", "0_inf", "1_0", "99999999999999999999_0", "-2", "0_-1", "1e3_0", "NaN"),
    where: text,
    columns: mixed("id", "id,name", "id,id", "name", "id,secret", "*"),
    queryable_columns: mixed("id", "id,name", "secret"),
    replica: mixed("full", "default"),
    log: mixed("full", "changes_only"),
    handle: mixed("1-1", "x"),
    live: mixed("true", "false"),
    live_sse: mixed("true", "false"),
    cursor: mixed("1", "-1"),
    "params[1]": text,
    "params[0]": text,
    "params[__proto__]": text,
    params: mixed('["a"]', '{"1":"a"}', "[", "null"),
    subset__where: text,
    subset__params: mixed('{"1":"x"}', '["x"]', "{"),
    subset__order_by: mixed(
      "id",
      "name DESC NULLS LAST",
      "id; DROP TABLE canary",
      "(SELECT secret FROM canary)",
    ),
    subset__limit: mixed("1", "0", "-1", "9999999999999999999", "1; DROP TABLE canary"),
    subset__offset: mixed("1", "-1"),
    constructor: text,
    secret: text,
  }),
]);

const parameter = fc
  .oneof(fc.constantFrom(...PARAMETERS.keys()), fc.string({ maxLength: 10 }))
  .chain((name) => (PARAMETERS.get(name) ?? text).map((value) => [name, value] as const));

const encode = (value: string) => encodeURIComponent(value.toWellFormed()).replaceAll("%20", "+");

const query = fc
  .tuple(
    fc.oneof({ weight: 6, arbitrary: fc.constant("table=items&offset=-1") }, fc.constant("")),
    fc.array(parameter, { maxLength: 6 }),
    fc.oneof(
      { weight: 8, arbitrary: fc.constant("") },
      fc.constantFrom("&%", "&%zz=%ff", "&[]=1", "&a[b][c]=d", "&="),
    ),
  )
  .map(([base, list, rest]) =>
    [base, ...list.map(([name, value]) => `${encode(name)}=${encode(value)}`)].join("&").concat(rest),
  );

const path = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: fc.constant("/v1/shape") },
      fc.constantFrom(
        "/",
        "/v1/health",
        "/v1/shape/",
        "//v1//shape",
        "/v1/shape/../../etc/passwd",
        "/v1",
        "/%00",
        "*",
      ),
    ),
    query,
  )
  .map(([head, tail]) => (tail === "" ? head : `${head}?${tail}`));

const body = fc.oneof(
  { weight: 2, arbitrary: fc.constant("") },
  fc
    .dictionary(fc.constantFrom(...PARAMETERS.keys(), "order_by", "limit", "subset"), fc.jsonValue())
    .map((value) => JSON.stringify(value)),
  fc
    .dictionary(fc.constantFrom("where", "order_by", "params", "limit"), text)
    .map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string(),
  fc.constantFrom("[".repeat(50_000), '{"a":', '{"subset":{"where":"id = 1","limit":1,"order_by":"id"}}'),
);

const header = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      "if-none-match",
      "origin",
      "accept-encoding",
      "content-type",
      "access-control-request-headers",
      "x-any",
    ),
    fc.oneof(
      fc.constantFrom('"x"', "*", 'W/"x"', "gzip", "text/plain", "https://evil.test"),
      fc.stringMatching(/^[\x20-\x7e]{0,60}$/),
    ),
  ),
);

export const request: fc.Arbitrary<Request> = fc.record({
  method: fc.oneof(
    { weight: 8, arbitrary: fc.constant("GET") },
    { weight: 3, arbitrary: fc.constant("POST") },
    fc.constantFrom("HEAD", "OPTIONS", "DELETE", "PUT", "PATCH", "TRACE", "PROPFIND"),
  ),
  path,
  headers: fc.array(header, { maxLength: 4 }),
  body,
});

/** Bytes that are no HTTP, or begin as it does. */
export const bytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc
    .constantFrom(
      "GET /v1/shape?table=items&offset=-1 HTTP/1.1\r\nHost: x\r\n\r\n",
      "POST /v1/shape?table=items&offset=-1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
      "POST /v1/shape HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n",
      "POST /v1/shape HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      `GET / HTTP/1.1\r\nHost: x\r\n${"X-A: b\r\n".repeat(5_000)}\r\n`,
      `GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    )
    .chain((whole) =>
      fc.oneof(
        fc.constant(whole),
        fc.nat(whole.length).map((end) => whole.slice(0, end)),
      ),
    )
    .map((head) => Buffer.from(head)),
);
