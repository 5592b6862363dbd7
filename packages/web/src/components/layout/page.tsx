import type { ReactNode } from "react";
import { cn } from "../ui/class-names";
import { ThemeToggle } from "./theme-toggle";
import { Wordmark } from "./wordmark";

interface PageProps {
  /** Links and buttons at the end of the header. */
  actions?: ReactNode;
  children: ReactNode;
  /** The class for the greatest width of the column that holds the content. */
  maxWidth?: string;
}

/** The frame of every page. Header, content and footer are landmarks. */
export function Page({ actions, children, maxWidth = "max-w-5xl" }: PageProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="border-b">
        <div className="mx-auto flex max-w-5xl items-center justify-between gap-3 px-4 py-2 sm:px-6">
          <Wordmark />
          <div className="flex shrink-0 items-center gap-2 sm:gap-3">{actions}</div>
        </div>
      </header>
      <main
        id="main"
        // The skip link and `FocusOnNavigation` focus this element. A focus ring would surround the whole page.
        tabIndex={-1}
        className={cn("mx-auto w-full flex-1 px-4 py-10 outline-none sm:px-6 sm:py-16", maxWidth)}
      >
        {children}
      </main>
      <footer className="border-t">
        <div className="mx-auto flex max-w-5xl flex-wrap items-center justify-between gap-4 px-4 py-5 sm:px-6">
          <p className="text-sm text-muted-foreground">One row, end to end.</p>
          <ThemeToggle />
        </div>
      </footer>
    </div>
  );
}
