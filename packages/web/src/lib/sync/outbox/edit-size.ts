import { type Edit, WriteRefused } from "~/lib/sync/outbox/edit";
import { tooLong } from "~/lib/sync/outbox/push-client";
import { operationsPerTransaction, pushBytes } from "~/lib/wire/push";

type Operations = Pick<Edit, "operations">;

/** The size of the operations of an edit as JSON, in bytes. */
export function bytesOf({ operations }: Operations): number {
  return jsonBytes(operations);
}

/**
 * Returns why no request can carry an edit, with a message at the field that is too big. The server would refuse the edit
 * too, but perhaps days later.
 */
export function unsendable(edit: Operations): WriteRefused | undefined {
  if (edit.operations.length > operationsPerTransaction) {
    const message = `This change is too big to send: at most ${operationsPerTransaction} rows at once. Split it.`;
    return new WriteRefused({ code: "PAYLOAD_TOO_LARGE", message });
  }
  return bytesOf(edit) > pushBytes ? new WriteRefused({ ...tooLong, fields: tooBig(edit) }) : undefined;
}

/** The messages for the fields that no request could carry. Empty when the fields are too big only together. */
function tooBig({ operations }: Operations): Record<string, string> {
  const fields = operations.flatMap(({ input }) => Object.entries(input ?? {}));
  const sizes = fields.map(([field, value]) => [field, jsonBytes(value)] as const);
  return Object.fromEntries(
    sizes
      .filter(([, bytes]) => bytes > pushBytes)
      .map(([field, bytes]) => [
        field,
        `This is too big to send: ${(bytes / 1_000_000).toFixed(1)} MB, and at most 1 MB fits. Shorten it, or split it.`,
      ]),
  );
}

function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value) ?? "").byteLength;
}
