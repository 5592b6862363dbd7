import { expect, test } from "vitest";
import { readableCookies } from "~/lib/server/http/readable-cookies";

test.for([
  ["a=1; better-auth.session_data=%%%; b=2", "a=1; b=2"],
  ["__Secure-x.session_data.0=a b; __Secure-x.session_token=t.%2B", "; __Secure-x.session_token=t.%2B"],
  ['x.session_data="e30"', ""],
  ["x.session_token=t; x.session_data=eyJh_-9; theme=dark", undefined],
  ["x.session_data=", undefined],
  ["", undefined],
] as const)("%j becomes %j", ([cookies, expected]) => {
  expect(readableCookies(cookies)).toBe(expected ?? cookies);
});
