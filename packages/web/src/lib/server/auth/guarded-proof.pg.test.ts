import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openApp } from "../../../../test/app";
import { addressHeader } from "../http/client-address";

// Each attempt hashes a password.
vi.setConfig({ testTimeout: 90_000 });

let app: Awaited<ReturnType<typeof openApp>>;
let handle: (context: { request: Request }) => Promise<Response>;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  ({ serveAuth: handle } = await import("~/lib/server/auth/auth-handler"));
});
afterAll(() => app[Symbol.asyncDispose]());
beforeAll(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));

let count = 0;

/** An address that no other test uses. */
const newAddress = () => `10.20.${++count >> 8}.${count & 255}`;

function post(path: string, body: object, headers: Record<string, string>) {
  return handle({
    request: new Request(`${app.origin}/api/auth${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: app.origin, ...headers },
      body: JSON.stringify(body),
    }),
  });
}

const password = "correct horse";

/** Signs in, or tries to, from an address, in a browser with these cookies. */
const signIn = (email: string, tried: string, address: string, cookie = "") =>
  post("/sign-in/email", { email, password: tried }, { [addressHeader]: address, cookie });

const cookiesOf = (answer: Response) =>
  answer.headers.getSetCookie().map((line) => line.split(";", 1)[0] ?? "");

/** Signs a person up from an address, and gives the cookie by which their browser is known. */
async function personAt(address: string) {
  const email = `guarded${++count}@example.com`;
  const answer = await post("/sign-up/email", { name: "Ada", email, password }, { [addressHeader]: address });
  expect(answer.status).toBe(200);
  const device = cookiesOf(answer).find((cookie) => cookie.includes("device=")) ?? "";
  return { email, device, session: cookiesOf(answer).join("; ") };
}

/** Guesses from so many addresses, so often from each. Returns the statuses. */
async function guess(email: string, addresses: number, each: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < addresses; n++) {
    const address = newAddress();
    for (let again = 0; again < each; again++) statuses.push((await signIn(email, "wrong", address)).status);
  }
  return statuses;
}

test("guesses for one account are refused after the twentieth, from however many addresses", async () => {
  const { email } = await personAt(newAddress());
  const statuses = await guess(email, 30, 1);
  expect(statuses.slice(0, 20)).toEqual(new Array(20).fill(401));
  expect(statuses.slice(20)).toEqual(new Array(10).fill(429));
  const refused = await signIn(email, password, newAddress());
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("while strangers guess, the owner signs in on the known device and from the known network", async () => {
  const home = newAddress();
  const { email, device } = await personAt(home);
  await guess(email, 30, 1);
  expect((await signIn(email, password, newAddress(), device)).status).toBe(200);
  expect((await signIn(email, password, home)).status).toBe(200);
});

test("guesses from the owner's own address lock nobody out of a known device", async () => {
  const home = newAddress();
  const { email, device } = await personAt(home);
  for (let n = 0; n < 12; n++) await signIn(`nobody${n}@example.com`, "wrong", home);
  expect((await signIn("nobody@example.com", "wrong", home)).status).toBe(429);
  for (let n = 0; n < 12; n++) await signIn(email, "wrong", home);
  expect((await signIn(email, password, home)).status).toBe(429);
  expect((await signIn(email, password, home, device)).status).toBe(200);
});

test("a device has attempts of its own for each account, and few of them", async () => {
  const [ada, eve] = [await personAt(newAddress()), await personAt(newAddress())];
  const statuses: number[] = [];
  for (let n = 0; n < 11; n++)
    statuses.push((await signIn(ada.email, "wrong", newAddress(), ada.device)).status);
  expect(statuses).toEqual([...new Array(10).fill(401), 429]);
  // The cookie of another person's device, and a cookie that somebody made up, make no device of Ada's.
  const [name = "", value = ""] = eve.device.split("=");
  await guess(ada.email, 20, 1);
  for (const forged of [eve.device, `${name}=${value.split(".")[0]}.${"x".repeat(22)}`, `${name}=`])
    expect((await signIn(ada.email, password, newAddress(), forged)).status).toBe(429);
});

test("the right password counts for nothing: an office with one address signs in all day", async () => {
  const office = newAddress();
  const { email } = await personAt(newAddress());
  for (let n = 0; n < 15; n++) expect((await signIn(email, password, office)).status).toBe(200);
});

test("guesses from one /48 are counted together, as those from one /64 are", async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 45; n++)
    statuses.push((await signIn(`six${n}@example.com`, "wrong", `2001:db8:7:${n.toString(16)}::1`)).status);
  expect(statuses.slice(0, 40)).toEqual(new Array(40).fill(401));
  expect(statuses.slice(40)).toContain(429);
  const sameHome: number[] = [];
  for (let n = 0; n < 11; n++)
    sameHome.push((await signIn(`home${n}@example.com`, "wrong", `2001:db8:8:1::${n}`)).status);
  expect(sameHome.at(-1)).toBe(429);
});

test("guesses in a session are refused after the tenth, and no stranger uses them up", async () => {
  const { email, session } = await personAt(newAddress());
  await guess(email, 25, 1);
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++)
    statuses.push((await post("/verify-password", { password: "wrong" }, { cookie: session })).status);
  expect(new Set(statuses.slice(0, 10))).toEqual(new Set([400]));
  expect(statuses.slice(10)).toEqual([429, 429]);
});

test("passwords are hashed in turns: a flood from many networks is refused at once, a known device is not", async () => {
  const { email, device } = await personAt(newAddress());
  const flood = Array.from({ length: 40 }, (_, n) =>
    signIn(`flood${n}@example.com`, "wrong", newAddress()).then(({ status, headers }) => ({
      status,
      waits: headers.has("retry-after"),
    })),
  );
  const owner = await signIn(email, password, newAddress(), device);
  expect(owner.status).toBe(200);
  const answers = await Promise.all(flood);
  expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
  expect(answers.filter(({ status, waits }) => (status === 401) === waits)).toEqual([]);
});
