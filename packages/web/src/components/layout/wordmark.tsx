import { Link } from "@tanstack/react-router";

/** The name and the logo of the project, as a link to the landing page. */
export function Wordmark() {
  return (
    <Link to="/" className="flex min-h-11 items-center gap-2.5 rounded-md font-display text-xl">
      <svg viewBox="0 0 28 20" className="h-5 w-7" aria-hidden="true">
        <path d="M2 6.5h13" className="stroke-read" strokeWidth="2" strokeLinecap="round" />
        <path d="M26 13.5H13" className="stroke-write" strokeWidth="2" strokeLinecap="round" />
        <circle cx="21" cy="6.5" r="3.5" className="fill-read" />
        <circle cx="7" cy="13.5" r="3.5" className="fill-write" />
      </svg>
      Tracer
    </Link>
  );
}
