import { expect, test } from "vitest";
import { Held } from "./held";

test("gives a client so much and no more, until the client gives some back", () => {
  const held = new Held("bodies", { perClient: 10, together: 100 });
  const giveBack = held.take("eve", 10);
  expect(() => held.take("eve", 1)).toThrow(expect.objectContaining({ of: "client" }));
  held.take("ada", 10);
  giveBack();
  giveBack();
  held.take("eve", 10);
  expect(() => held.take("eve", 1)).toThrow(expect.objectContaining({ of: "client" }));
});

test("gives all clients together so much and no more", () => {
  const held = new Held("bodies", { perClient: 10, together: 25 });
  held.take("a", 10);
  held.take("b", 10);
  expect(() => held.take("c", 10)).toThrow(expect.objectContaining({ of: "everybody", limited: "bodies" }));
  held.take("c", 5);
});
