import type { TextStream } from "@tracer/core/text-stream/text-stream";
import { serveShape } from "~/lib/electric-proxy";
import { serveLine } from "~/lib/server/line/serve-line";
import { mutationsOf } from "~/lib/server/trpc/mutations";
import { handleTrpc, router } from "~/lib/trpc";
import * as messages from "./message.sql";

const { message, messageChunk } = messages;

export const messageText: TextStream = {
  text: message.text,
  state: message.state,
  chunks: messageChunk,
  of: messageChunk.messageId,
};

const shapes = {
  "/api/messages": serveShape({
    table: message,
    schema: messages.selectMessageSchema,
    access: messages.messageAccess,
  }),
  "/api/messageChunks": serveShape({
    table: messageChunk,
    schema: messages.selectMessageChunkSchema,
    access: messages.messageChunkAccess,
  }),
};

const mutations = mutationsOf(message, messages.messageAccess);

const messageRouter = router({
  messages: router({
    insert: mutations.insert(messages.insertMessageSchema, { owner: "authorId", ignore: ["text", "state"] }),
    update: mutations.update(messages.updateMessageSchema),
    delete: mutations.delete(),
  }),
});

export type MessageRouter = typeof messageRouter;

const shapeRoute = async (path: string) => Object.entries(shapes).find(([known]) => known === path)?.[1];

/** All that the app serves of the messages, by path. */
export const messageHandlers = {
  ...shapes,
  "/api/line": serveLine(shapeRoute),
  "/api/trpc": handleTrpc(messageRouter),
};
