import { expect, test } from "vitest";
import { readPreparation, readSettings, type SettingsError } from "../../container/settings.ts";

const complete = {
  DATABASE_URL: "postgresql://tracer_app:p@postgres:5432/tracer",
  ELECTRIC_URL: "http://electric:3000/",
  ELECTRIC_SECRET: "the-secret-of-electric",
  AUTH_SECRET: "a-secret-that-is-long-enough-to-sign",
  SITE_URL: "https://example.com/",
  PICTURES_URL: "file:///app/pictures",
};

test("the settings are read, and addresses lose the slash at their end", () => {
  expect(readSettings(complete)).toEqual({
    databaseUrl: "postgresql://tracer_app:p@postgres:5432/tracer",
    electricUrl: "http://electric:3000",
    electricSecret: "the-secret-of-electric",
    electricSourceId: "",
    authSecret: "a-secret-that-is-long-enough-to-sign",
    siteUrl: "https://example.com",
    picturesUrl: "file:///app/pictures",
  });
});

test("pictures go to a bucket where the settings name one", () => {
  const PICTURES_URL = "s3://pictures?region=eu-central-1";
  expect(readSettings({ ...complete, PICTURES_URL }).picturesUrl).toBe(PICTURES_URL);
  expect(messageOf(() => readSettings({ ...complete, PICTURES_URL: "/pictures" }))).toBe(
    "PICTURES_URL is not a URL that begins with file:// or s3://.",
  );
});

test("a mail server needs a sender, and then addresses have to be confirmed unless the settings ask alone", () => {
  const MAIL_URL = "smtps://user:hunter2@smtp.example.com";
  const MAIL_FROM = "App <app@example.com>";
  const mail = { url: MAIL_URL, from: MAIL_FROM, verification: "required" };
  expect(readSettings({ ...complete, MAIL_URL, MAIL_FROM }).mail).toEqual(mail);
  const asked = { ...complete, MAIL_URL, MAIL_FROM, MAIL_VERIFICATION: "asked" };
  expect(readSettings(asked).mail).toEqual({ ...mail, verification: "asked" });
  expect(messageOf(() => readSettings({ ...complete, MAIL_URL: "https://example.com" }))).toBe(
    "MAIL_URL is not a URL that begins with smtp:// or smtps://.\nMAIL_FROM is not set.",
  );
});

test("a client at a provider has an id and a secret", () => {
  const client = { GITHUB_CLIENT_ID: "app", GITHUB_CLIENT_SECRET: "hunter2" };
  const { google, github } = readSettings({ ...complete, ...client });
  expect([google, github]).toEqual([undefined, { clientId: "app", clientSecret: "hunter2" }]);
  expect(messageOf(() => readSettings({ ...complete, GITHUB_CLIENT_ID: "app" }))).toBe(
    "GITHUB_CLIENT_SECRET is not set.",
  );
});

test("every mistake is named at once, and no value", () => {
  const wrong = { ...complete, DATABASE_URL: "host=h password=hunter2", AUTH_SECRET: "short", SITE_URL: "" };
  expect(messageOf(() => readSettings(wrong))).toBe(
    [
      "DATABASE_URL is not a URL that begins with postgres:// or postgresql://.",
      "AUTH_SECRET has fewer than 32 characters.",
      "SITE_URL is not set.",
    ].join("\n"),
  );
});

test("a database is prepared with an address and three passwords", () => {
  const preparation = {
    ADMIN_DATABASE_URL: "postgresql://postgres:p@postgres:5432/tracer",
    OWNER_PASSWORD: "o",
    APP_PASSWORD: "a",
    ELECTRIC_PASSWORD: "e",
  };
  expect(readPreparation(preparation).passwords).toEqual({ owner: "o", app: "a", electric: "e" });
  expect(messageOf(() => readPreparation({ ...preparation, APP_PASSWORD: "" }))).toBe(
    "APP_PASSWORD is not set.",
  );
});

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as SettingsError).message;
  }
  throw new Error("Nothing was thrown.");
}
