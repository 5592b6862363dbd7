import { Link } from "@tanstack/react-router";
import { Button } from "../ui/button";

/** The links in the header of public pages. A signed-in person sees no link to sign in. */
export function PublicLinks({ signedIn = false }: { signedIn?: boolean }) {
  return (
    <nav aria-label="Main" className="flex items-center gap-1">
      <Button asChild variant="ghost" size="small">
        <Link to="/profile">Profile</Link>
      </Button>
      {signedIn ? null : (
        <Button asChild variant="outline" size="small">
          <Link to="/sign-in">Sign in</Link>
        </Button>
      )}
    </nav>
  );
}
