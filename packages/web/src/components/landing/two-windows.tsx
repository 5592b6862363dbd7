import type { ReactNode } from "react";
import { cn } from "../ui/class-names";

/**
 * A picture of two windows: a name that is typed in one shows in the other. Screen readers skip the picture, since the
 * text beside the picture says the same.
 */
export function TwoWindows() {
  return (
    <div aria-hidden="true" className="relative hidden h-72 w-80 shrink-0 select-none lg:block">
      <Window className="top-0 left-0" edge="border-t-write">
        <span className="inline-flex items-center gap-0.5 rounded-md border border-write px-2 py-1">
          Grace Hopper
          <span className="h-5 w-px bg-write" />
        </span>
      </Window>
      <svg viewBox="0 0 320 288" fill="none" aria-hidden="true" className="absolute inset-0">
        <path
          d="M232 62 C 292 62 300 84 300 118"
          className="stroke-write"
          strokeWidth="2"
          strokeLinecap="round"
          strokeDasharray="1 7"
        />
        <circle cx="300" cy="126" r="4" className="fill-read" />
      </svg>
      <Window className="right-0 bottom-0" edge="border-t-read">
        <span className="inline-block py-1">Grace Hopper</span>
      </Window>
    </div>
  );
}

function Window({ className, edge, children }: { className: string; edge: string; children: ReactNode }) {
  return (
    <div className={cn("absolute w-58 rounded-xl border border-t-4 bg-card p-4 shadow-sm", edge, className)}>
      <div className="flex items-center gap-3">
        <span className="flex size-11 items-center justify-center rounded-full bg-read-soft font-display text-read">
          GH
        </span>
        <span className="text-sm font-medium">{children}</span>
      </div>
      <div className="mt-4 space-y-2">
        <span className="block h-2 w-4/5 rounded-full bg-muted" />
        <span className="block h-2 w-3/5 rounded-full bg-muted" />
      </div>
    </div>
  );
}
