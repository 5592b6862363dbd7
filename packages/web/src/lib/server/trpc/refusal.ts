import "@tanstack/react-start/server-only";
import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import type { TRPCError } from "@trpc/server";
import { z } from "zod";
import { FieldRefusal } from "~/lib/server/field-refusal";
import { logFailure } from "~/lib/server/log-failure";

/** Turns an error into a refusal for the caller. Only messages that are written for people leave the server. */
export function refusalOf(error: TRPCError): Refusal {
  const { code, cause } = error;
  if (cause instanceof z.ZodError) {
    const messages = new Set(cause.issues.map((issue) => issue.message));
    return { code, message: [...messages].join(" "), fields: fieldsOf(cause) };
  }
  if (code === "INTERNAL_SERVER_ERROR") {
    return {
      code,
      message: "Something went wrong on our side, and nothing was saved. Try again in a moment.",
    };
  }
  return { code, message: error.message, ...(error instanceof FieldRefusal && { fields: error.fields }) };
}

/** Logs an error that the caller did not cause. */
export function logUnexpected(error: TRPCError): void {
  if (error.code === "INTERNAL_SERVER_ERROR") logFailure("trpc", error);
}

/** Returns the first message about each field. */
function fieldsOf({ issues }: z.ZodError): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const issue of issues) {
    const names = issue.code === "unrecognized_keys" ? issue.keys : [issue.path.join(".")];
    for (const name of names) if (name !== "") fields[name] ??= issue.message;
  }
  return fields;
}
