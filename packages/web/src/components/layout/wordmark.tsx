import { Link } from "@tanstack/react-router";

/** The name and the logo of the project, as a link to the landing page. */
export function Wordmark() {
  return (
    <Link to="/" className="flex min-h-11 min-w-7 items-center rounded-md font-display text-xl">
      {/* Where the header has no room, the name goes to a second line, which is not shown. */}
      <span className="flex h-8 flex-wrap gap-x-2.5 overflow-hidden leading-8">
        <svg viewBox="0 0 28 20" className="my-1.5 h-5 w-7" aria-hidden="true">
          <path d="M2 6.5h13" className="stroke-read" strokeWidth="2" strokeLinecap="round" />
          <path d="M26 13.5H13" className="stroke-write" strokeWidth="2" strokeLinecap="round" />
          <circle cx="21" cy="6.5" r="3.5" className="fill-read" />
          <circle cx="7" cy="13.5" r="3.5" className="fill-write" />
        </svg>
        <span>Tracer</span>
      </span>
    </Link>
  );
}
