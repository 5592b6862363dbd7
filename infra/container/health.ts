/** How long the app may take to say how it is, in milliseconds. */
const patience = 4_000;

/** Whether an address answers that all is well: with 200, in time. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(patience), redirect: "manual" });
    return status === 200;
  } catch {
    return false;
  }
}
