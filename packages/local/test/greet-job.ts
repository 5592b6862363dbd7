import { user } from "@tracer/core/auth/auth.sql";
import { asServer } from "@tracer/core/drizzle/as-server";

/** A job for the tests: adds a person, and fails after the insert when the event says so. */
export async function handler({ name = "Ada", fail = false }: { name?: string; fail?: boolean }) {
  return asServer(`greeting of ${name}`, async (tx) => {
    const [added] = await tx
      .insert(user)
      .values({ id: name, name, email: `${name}@example.com` })
      .returning({ id: user.id, createdAt: user.createdAt });
    if (fail) throw new Error("the greeting was too loud");
    return { id: added?.id, isDate: added?.createdAt instanceof Date };
  });
}
