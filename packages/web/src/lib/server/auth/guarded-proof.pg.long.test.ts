import { expect, test } from "vitest";
import { guessing, newAddress, password } from "../../../../test/guessing";

// What `guarded-proof.pg.test.ts` leaves out, because dozens of passwords are hashed.

const { post, signIn, personAt, guess } = guessing();

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
