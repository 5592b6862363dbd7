import { Resource } from "sst";

/** What the page of another site reads when it wants to write. */
export const foreignPage = "This request did not come from the app's own pages.";

/**
 * Whether a request comes from a page of the app. A session cookie alone proves nothing: SameSite=Lax lets sibling sites
 * send the cookie too.
 */
export function isFromOwnPage({ headers }: Pick<Request, "headers">): boolean {
  return headers.get("origin") === new URL(Resource.Site.url).origin;
}
