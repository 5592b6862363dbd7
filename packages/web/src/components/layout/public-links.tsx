import { Link } from "@tanstack/react-router";
import { Button } from "../ui/button";

/** The header's links on pages that anybody may read. Whoever is signed in passes straight to the profile. */
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
