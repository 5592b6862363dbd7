import type { User } from "@tracer/core/auth/auth.sql";
import type { ReactNode } from "react";
import { Timestamp } from "../ui/timestamp";

/** Shows when the row was created and last updated. */
export function ProfileFacts({ user }: { user: User }) {
  return (
    <dl className="divide-y">
      <Fact name="Created">
        <Timestamp value={user.createdAt} />
      </Fact>
      <Fact name="Updated">
        <Timestamp value={user.updatedAt} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-0.5 py-3 sm:grid-cols-[7rem_1fr]">
      <dt className="text-sm text-muted-foreground sm:leading-6">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}
