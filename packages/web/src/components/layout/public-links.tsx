import { Link } from "@tanstack/react-router";
import { buttonLook } from "../ui/button";

/** The links in the header of public pages. A signed-in person sees no link to sign in. */
export function PublicLinks({ signedIn = false }: { signedIn?: boolean }) {
  return (
    <nav aria-label="Main" className="flex items-center gap-1">
      <Link to="/profile" className={buttonLook({ variant: "ghost", size: "small" })}>
        Profile
      </Link>
      {signedIn ? null : (
        <Link to="/sign-in" className={buttonLook({ variant: "outline", size: "small" })}>
          Sign in
        </Link>
      )}
    </nav>
  );
}
