import type { ReactNode } from "react";
import { cn } from "../ui/class-names";

/**
 * A drawing of how a row travels: Postgres and the page at the ends, the lane of reads and the lane of writes between
 * them. The lanes run across a wide screen and down a phone. Screen readers skip the drawing, since the steps below say
 * the same in words.
 */
export function RowPath() {
  return (
    <figure aria-labelledby="row-path-caption">
      <div
        aria-hidden="true"
        className="grid grid-cols-2 gap-x-3 rounded-2xl border bg-card p-4 sm:p-6 md:grid-cols-[auto_1fr_auto] md:grid-rows-2 md:gap-x-0"
      >
        <Station className="col-span-2 md:col-span-1 md:row-span-2">
          Postgres
          <Small>one row of “user”</Small>
        </Station>
        <Lane kind="read" from="Electric" to="/api/users" className="md:col-start-2 md:row-start-1" />
        <Lane kind="write" from="tRPC" to="txid" className="md:col-start-2 md:row-start-2" />
        <Station className="col-span-2 md:col-span-1 md:col-start-3 md:row-span-2 md:row-start-1">
          Your page
          <Small>a live collection</Small>
        </Station>
      </div>
      <figcaption id="row-path-caption" className="mt-3 text-sm text-muted-foreground">
        Electric carries changes <span className="font-medium text-read">to the page</span>, and tRPC carries
        edits <span className="font-medium text-write">to Postgres</span>. An edit is confirmed when its
        transaction id arrives with the changes.
      </figcaption>
    </figure>
  );
}

function Station({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div
      className={cn(
        "flex flex-col items-center justify-center rounded-xl bg-primary px-5 py-4 text-center font-medium text-primary-foreground",
        className,
      )}
    >
      {children}
    </div>
  );
}

function Small({ children }: { children: ReactNode }) {
  return <span className="mt-0.5 text-xs font-normal opacity-85">{children}</span>;
}

const lanes = {
  read: {
    line: "bg-read",
    stop: "bg-read-soft text-read",
    dot: "bg-read",
    label: "reads",
    arrow: "text-read",
  },
  write: {
    line: "bg-write",
    stop: "bg-write-soft text-write",
    dot: "bg-write",
    label: "writes",
    arrow: "text-write",
  },
};

interface LaneProps {
  kind: keyof typeof lanes;
  from: string;
  to: string;
  className?: string;
}

function Lane({ kind, from, to, className }: LaneProps) {
  const look = lanes[kind];
  const read = kind === "read";
  return (
    <div
      className={cn(
        "relative flex min-h-44 flex-col items-center justify-evenly md:min-h-20 md:flex-row",
        className,
      )}
    >
      <span
        className={cn(
          "absolute inset-y-1 left-1/2 w-0.5 -translate-x-1/2 md:inset-x-1 md:inset-y-auto md:top-1/2 md:left-1 md:h-0.5 md:w-auto md:translate-x-0 md:-translate-y-1/2",
          look.line,
        )}
      />
      <span className={cn("tracer-dot", look.line, read ? "" : "[animation-direction:reverse]")} />
      <Arrow read={read} className={look.arrow} />
      <Stop className={look.stop}>{read ? from : to}</Stop>
      <Stop className={look.stop}>{read ? to : from}</Stop>
    </div>
  );
}

function Stop({ children, className }: { children: ReactNode; className: string }) {
  return (
    <span
      className={cn(
        "relative z-10 rounded-full px-3 py-1.5 font-mono text-xs ring-4 ring-card sm:text-sm",
        className,
      )}
    >
      {children}
    </span>
  );
}

/** Marks the end of the lane that the data moves to. */
function Arrow({ read, className }: { read: boolean; className: string }) {
  return (
    <span
      className={cn(
        "absolute size-2.5 bg-current",
        read
          ? "bottom-0 left-1/2 -translate-x-1/2 [clip-path:polygon(0_0,100%_0,50%_100%)] md:top-1/2 md:right-0 md:bottom-auto md:left-auto md:translate-x-0 md:-translate-y-1/2 md:[clip-path:polygon(0_0,100%_50%,0_100%)]"
          : "top-0 left-1/2 -translate-x-1/2 [clip-path:polygon(50%_0,100%_100%,0_100%)] md:top-1/2 md:left-0 md:translate-x-0 md:-translate-y-1/2 md:[clip-path:polygon(100%_0,100%_100%,0_50%)]",
        className,
      )}
    />
  );
}
