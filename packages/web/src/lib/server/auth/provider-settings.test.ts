import { expect, test } from "vitest";
import { providerSettings } from "./provider-settings";

test("a provider needs an id and a secret, and empty values stand for no provider", () => {
  expect(providerSettings("Google", { clientId: "", clientSecret: "" })).toBeUndefined();
  expect(providerSettings("Google", { clientId: "id", clientSecret: "s3cret" })).toMatchObject({
    clientId: "id",
    clientSecret: "s3cret",
  });
  for (const half of [{ clientId: "id", clientSecret: "" }, { clientSecret: "s3cret" }, undefined])
    expect(() => providerSettings("Google", half)).toThrow(/^Link Google: .* needs both/);
});
