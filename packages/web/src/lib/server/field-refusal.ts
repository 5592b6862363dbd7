import "@tanstack/react-start/server-only";
import { TRPCError } from "@trpc/server";

/** A refusal that names the fields of the input which are wrong. A procedure may throw it. */
export class FieldRefusal extends TRPCError {
  /** What is wrong, by the field's name. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(code: TRPCError["code"], message: string, fields: Readonly<Record<string, string>>) {
    super({ code, message });
    this.fields = fields;
  }
}
