import "@tanstack/react-start/server-only";
import { hashingFor } from "~/lib/server/auth/hashing";
import { rememberAccount } from "~/lib/server/auth/known-device";
import { deviceCookie, type Proof, proofOf } from "~/lib/server/auth/proof";
import { strangerTurns } from "~/lib/server/auth/stranger-turns";
import { giveBack, takeAttempt } from "~/lib/server/load/buckets";
import { Overload, refuseOverload } from "~/lib/server/load/overload";

/**
 * Serves a request to better-auth within the limits on proofs: wrong proofs are counted, and hashing a password waits for
 * its turn. All other requests are served at once.
 *
 * Answers 429 when too many proofs were wrong, and 429 or 503 when too much waits to be hashed. A right proof makes the
 * browser known.
 *
 * @param path below `/api/auth`
 * @throws when the database has to be asked and cannot be reached
 */
export async function guardProof(
  request: Request,
  path: string,
  serve: () => Promise<Response>,
): Promise<Response> {
  try {
    const proof = await proofOf(request, path);
    if (!proof) return await serve();
    await countAttempt(proof);
    return await served(proof, serve);
  } catch (error) {
    if (error instanceof Overload) return await refuseOverload(request, error);
    throw error;
  }
}

async function countAttempt({ buckets, known, lane }: Proof): Promise<void> {
  if (buckets.length === 0) return;
  const take = () => takeAttempt(buckets);
  const retryAfter = await (known ? take() : strangerTurns.run(lane, take));
  if (retryAfter !== undefined) throw new Overload("guesses", "client", retryAfter);
}

async function served(proof: Proof, serve: () => Promise<Response>): Promise<Response> {
  const { buckets, account, device } = proof;
  const answer = await hashingFor(proof, serve).catch(async (error: unknown) => {
    // Nobody has compared the password.
    if (error instanceof Overload && buckets.length > 0) await giveBack(buckets);
    throw error;
  });
  // Only a wrong proof is a guess. A refusal for another reason, such as a failing database, takes nothing.
  const isWrong = answer.status === 400 || answer.status === 401 || answer.status === 403;
  if (buckets.length > 0 && !isWrong) await giveBack(buckets);
  if (answer.ok && account !== undefined && startsSession(answer))
    answer.headers.append("set-cookie", rememberAccount(device, account, deviceCookie));
  return answer;
}

function startsSession(answer: Response): boolean {
  return answer.headers.getSetCookie().some((line) => /^[^=]*session_token=[^;]/.test(line));
}
