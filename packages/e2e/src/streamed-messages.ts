import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openProjectCopy, root } from "../../generator/test/project-copy.ts";
import { addMigration, write } from "./project-files.ts";

const route = (path: string, table: string, schema: string) => `
import { createFileRoute } from "@tanstack/react-router";
import { ${schema}, ${table}, ${table}Access } from "@tracer/core/message/message.sql";
import { serveShape } from "~/lib/electric-proxy";

const GET = serveShape({ table: ${table}, schema: ${schema}, access: ${table}Access });

export const Route = createFileRoute("${path}")({ server: { handlers: { GET } } });
`;

const collections = `
import { perUser } from "~/lib/sync/per-user";
import { trpc } from "~/lib/trpc-client";

export const { collectionsFor, endCollections } = perUser(({ synced }) => ({
  users: synced("users", trpc.users, { startSync: true }),
  messages: synced("messages", {}),
  messageChunks: synced("messageChunks", {}),
}));
`;

const page = `
import { useLiveQuery } from "@tanstack/react-db";
import { ClientOnly, createFileRoute } from "@tanstack/react-router";
import { collectionsFor } from "~/lib/collections";
import { useStreamedText } from "~/lib/sync/use-streamed-text";

export const Route = createFileRoute("/_authed/messages")({ component: MessagesPage });

function MessagesPage() {
  const { user } = Route.useRouteContext();
  return <ClientOnly><Messages userId={user.id} /></ClientOnly>;
}

function Messages({ userId }) {
  const { messages, messageChunks } = collectionsFor(userId);
  const { data } = useLiveQuery((query) => query.from({ messages }));
  return data.map((message) => <Message key={message.id} message={message} chunks={messageChunks} />);
}

function Message({ message, chunks }) {
  const text = useStreamedText(message, chunks, "messageId");
  return <p id={"message-" + message.id} data-state={message.state}>{text}</p>;
}
`;

/**
 * Makes a copy of the project with the tables of the tests of streamed texts, and a page at `/messages` that shows the
 * texts while they are being written.
 */
export async function openStreamedMessages() {
  const copy = await openProjectCopy();
  const tables = await readFile(join(root, "packages/web/test/text-stream/message.sql.ts"), "utf8");
  const files = {
    "packages/core/src/message/message.sql.ts": tables.replaceAll(/"@tracer\/core\/(.*?)"/g, '"../$1.ts"'),
    "packages/web/src/routes/api/messages.ts": route("/api/messages", "message", "selectMessageSchema"),
    "packages/web/src/routes/api/messageChunks.ts": route(
      "/api/messageChunks",
      "messageChunk",
      "selectMessageChunkSchema",
    ),
    "packages/web/src/lib/collections.ts": collections,
    "packages/web/src/routes/_authed/messages.tsx": page,
  };
  for (const [path, text] of Object.entries(files)) await write(copy.folder, path, text);
  await addMigration(copy.folder, "messages", ["message", "message_chunk"]);
  return { ...copy, build: () => copy.sh("npm run build") };
}
