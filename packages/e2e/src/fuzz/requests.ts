import * as fc from "fast-check";

/** Who a request claims to come from. The test replaces the word by the headers. */
export const claims = ["stranger", "attacker", "forged", "unsigned", "garbled"] as const;
export type Claim = (typeof claims)[number];

/** A request as text, so that the shortest failing one can be read and sent again. */
export interface FuzzRequest {
  readonly claim: Claim;
  readonly method: string;
  /** The path and the query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** True when the bytes go to the socket as they are, past the checks of a client of HTTP. */
  readonly raw: boolean;
}

const paths = [
  ...["/", "/sign-in", "/profile", "/favicon.svg", "/assets/", "/_serverFn/", "/.well-known/security.txt"],
  ...[
    "/api/health",
    "/api/ready",
    "/api/users",
    "/api/line",
    "/api/picture",
    "/api/picture/",
    "/api/trpc/push",
    "/api/trpc/users.update",
  ],
  ...["get-session", "list-sessions", "update-user", "change-password", "change-email", "delete-user"].map(
    (name) => `/api/auth/${name}`,
  ),
  ...["sign-in/email", "sign-up/email", "verify-email", "verify-password", "callback/x", "error"].map(
    (name) => `/api/auth/${name}`,
  ),
];

const awkward = [
  ...["%", "%00", "%0d%0aset-cookie:a=b", "..%2f", "%E0%A4%A", "%ff", "//", "\\", "__proto__", "constructor"],
  ...["' or true --", "🙂", "\u202e", "null", "-1", "0_0", "1e309", "$1", "a".repeat(9_000), "[]", "{}"],
];

const text = fc.oneof(fc.constantFrom(...awkward), fc.string({ maxLength: 30 }));

/** A victim's id stands in the requests by this word. */
export const victimWord = "VICTIM";

const target = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...paths) }, text),
    fc.oneof({ weight: 4, arbitrary: fc.constant("") }, text),
    fc.array(
      fc.tuple(
        fc.constantFrom(
          ...[
            "offset",
            "handle",
            "cursor",
            "table",
            "where",
            "columns",
            "params",
            "params[1]",
            "replica",
            "log",
          ],
          ...["secret", "source_id", "subset__where", "subset__order_by", "subset__limit", "expired_handle"],
          ...["batch", "input", "payload", "redirect", "callbackURL", "token", "disableCookieCache", "x"],
        ),
        fc.oneof(
          text,
          fc.constantFrom("-1", "0_0", "now", "true", "1", victimWord, "account", "session", "id"),
        ),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([path, more, query]) => {
    const search = query
      .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
      .join("&");
    return `/${path.replace(/^\//, "")}${more}${search ? `?${search}` : ""}`;
  });

const operation = fc.record({
  path: fc.oneof(fc.constantFrom("users.update", "users.delete", "push", "__proto__", "users"), text),
  input: fc.oneof(
    fc.record(
      {
        id: fc.oneof(fc.constant(victimWord), fc.uuid(), text),
        changes: fc.oneof(
          fc.dictionary(fc.constantFrom("name", "image", "email", "id"), text),
          fc.jsonValue(),
        ),
        name: text,
      },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  ),
});

const push = fc.record(
  {
    transactions: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.array(
          fc.record({ id: fc.oneof(fc.uuid(), text), operations: fc.array(operation, { maxLength: 3 }) }),
          { maxLength: 3 },
        ),
      },
      fc.jsonValue(),
    ),
  },
  { requiredKeys: [] },
);

const line = fc.record(
  {
    polls: fc.oneof(
      fc.array(fc.oneof(target, fc.constant(`/api/users?table=account&offset=-1&where=${victimWord}`)), {
        maxLength: 5,
      }),
      fc.jsonValue(),
    ),
    browser: fc.oneof(fc.uuid(), text),
  },
  { requiredKeys: [] },
);

const credentials = fc.record(
  { email: fc.oneof(fc.emailAddress(), text), password: text, name: text, newPassword: text, image: text },
  { requiredKeys: [] },
);

const body = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.oneof(push, line, credentials, fc.jsonValue()).map((value) => JSON.stringify(value) ?? ""),
  },
  // A body that breaks off.
  fc.tuple(push, fc.nat(60)).map(([value, end]) => JSON.stringify(value).slice(0, end)),
  text,
);

/** Headers must be Latin-1 without controls, or Node's client refuses to send them. */
const headerValue = text.map((value) => value.replace(/[^\x20-\x7e]/g, "?").trim());

const headers = fc.record(
  {
    "content-type": fc.oneof(
      { weight: 4, arbitrary: fc.constant("application/json") },
      fc.constantFrom("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"),
      headerValue,
    ),
    origin: fc.oneof(
      { weight: 4, arbitrary: fc.constant("OWN") },
      fc.constantFrom("null", "https://elsewhere.test"),
      headerValue,
    ),
    "x-tracer-user": fc.oneof(fc.constantFrom(victimWord, "ATTACKER"), headerValue),
    "x-tracer-client-ip": fc.oneof(fc.ipV4(), fc.ipV6(), headerValue),
    accept: fc.oneof(fc.constantFrom("text/html", "application/json", "*/*"), headerValue),
    "accept-encoding": fc.constantFrom("gzip", "br", "identity", "x"),
    "if-none-match": headerValue,
    "x-request-id": headerValue,
    "trpc-accept": headerValue,
    "x-forwarded-host": headerValue,
    "sec-fetch-site": fc.constantFrom("same-origin", "cross-site", "none"),
    "content-encoding": fc.constantFrom("gzip", "deflate", "x"),
    range: headerValue,
  },
  { requiredKeys: [] },
);

/** Random and half-valid requests. */
export const fuzzRequest: fc.Arbitrary<FuzzRequest> = fc
  .record({
    claim: fc.constantFrom(...claims),
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom("GET", "POST") },
      fc.constantFrom("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "SEARCH"),
    ),
    target,
    headers,
    body,
    raw: fc.integer({ min: 0, max: 19 }).map((n) => n === 19),
  })
  .map((request) => ({
    ...request,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([, value]) => value !== undefined)),
  }));
