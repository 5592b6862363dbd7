/** What is done after a request has been answered by the router, for each request. */
const works = new WeakMap<Request, (() => Promise<void>)[]>();

/**
 * Does work after the procedures of a request: when their transactions have been committed or rolled back. The work has to
 * find out which of the two has happened, and may be asked for several times.
 *
 * @param work never rejects
 */
export function afterwards(request: Request, work: () => Promise<void>): void {
  works.set(request, [...(works.get(request) ?? []), work]);
}

/** Does the work that the procedures of a request have asked for. */
export async function doAfterwards(request: Request): Promise<void> {
  for (const work of works.get(request) ?? []) await work();
}
