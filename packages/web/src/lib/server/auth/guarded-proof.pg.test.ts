import { expect, test } from "vitest";
import { guessing, newAddress, password } from "../../../../test/guessing";

const { signIn, personAt, guess } = guessing();

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

test("the right password counts for nothing: an office with one address signs in all day", async () => {
  const office = newAddress();
  const { email } = await personAt(newAddress());
  for (let n = 0; n < 15; n++) expect((await signIn(email, password, office)).status).toBe(200);
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
