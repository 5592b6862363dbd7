import { createRootRoute, HeadContent, ScriptOnce, Scripts } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { NotFoundPage } from "~/components/feedback/not-found-page";
import { FocusOnNavigation } from "~/components/layout/focus-on-navigation";
import { SkipLink } from "~/components/layout/skip-link";
import { themeScript } from "~/components/layout/theme";
import stylesheet from "~/styles.css?url";

export const Route = createRootRoute({
  head: ({ matches }) => ({
    meta: [
      { charSet: "utf-8" },
      { name: "viewport", content: "width=device-width, initial-scale=1" },
      {
        title: matches.some(({ status }) => status === "error") ? "Something went wrong · Tracer" : "Tracer",
      },
      {
        name: "description",
        content:
          "See a Postgres row live in your browser. Electric brings the changes, tRPC takes your edits.",
      },
    ],
    links: [{ rel: "icon", href: "/favicon.svg", type: "image/svg+xml" }],
  }),
  headers: () => ({ "cache-control": "private, no-cache" }),
  shellComponent: RootDocument,
  notFoundComponent: NotFoundPage,
});

function RootDocument({ children }: { children: ReactNode }) {
  return (
    // The inline script may set `data-theme` before React sees the element.
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Colours the browser's own frame. `head` cannot hold both tags, since the router keeps one tag of a name. */}
        <meta name="theme-color" media="(prefers-color-scheme: light)" content="#faf8f4" />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#12151c" />
        {/* Before the stylesheet, because a browser runs no script after a stylesheet until that has come. */}
        <ScriptOnce>{themeScript}</ScriptOnce>
        <link rel="stylesheet" href={stylesheet} />
        <HeadContent />
      </head>
      <body>
        <SkipLink />
        {children}
        <FocusOnNavigation />
        <Scripts />
      </body>
    </html>
  );
}
