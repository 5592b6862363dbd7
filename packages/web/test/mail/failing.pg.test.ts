import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openApp } from "../app";
import { authClient } from "./auth-client";

// A mail server that refuses every address, and repeats the address in its answer.

let app: Awaited<ReturnType<typeof openApp>>;
let client: ReturnType<typeof authClient>;
const log: string[] = [];
const server = createServer((socket) => {
  socket.write("220 mail\r\n");
  socket.on("data", (data) => {
    const [, address] = /RCPT TO:<(.*)>/.exec(String(data)) ?? [];
    socket.write(address ? `550 5.1.1 <${address}> is unknown here\r\n` : "250 fine\r\n");
  });
  socket.on("error", () => {});
});

beforeAll(async () => {
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((...parts) => void log.push(parts.map(String).join(" ")));
  }
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const place = server.address();
  const port = typeof place === "object" ? place?.port : undefined;
  const mail = { url: `smtp://127.0.0.1:${port}`, from: "app@example.com", verification: "asked" } as const;
  app = await openApp("http://127.0.0.1:1", undefined, { mail });
  const { serveAuth } = await import("~/lib/server/auth/auth-handler");
  client = authClient(app.origin, serveAuth);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  server.close();
  vi.restoreAllMocks();
});

test("a sign-up and a forgotten password succeed without the mail, and the log says so without the address", async () => {
  const ada = client.person();
  expect((await client.post("/sign-up/email", ada)).status).toBe(200);
  expect((await client.post("/request-password-reset", { email: ada.email })).status).toBe(200);
  const lines = () => log.filter((line) => line.includes("mail-failed"));
  await expect.poll(() => lines().length).toBe(2);
  expect(lines().join("\n")).toContain("550");
  expect(log.join("\n")).not.toContain("@example.com");
});
