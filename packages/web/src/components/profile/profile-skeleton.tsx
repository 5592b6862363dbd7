import { Card } from "../ui/card";
import { Skeleton } from "../ui/skeleton";

/** Shows the outline of the card while the row is on its way. */
export function ProfileSkeleton() {
  return (
    <Card aria-busy="true">
      <p className="sr-only">Loading your profile…</p>
      <div className="flex items-center gap-4 sm:gap-6">
        <Skeleton className="size-16 rounded-full sm:size-20" />
        <div className="flex-1 space-y-3">
          <Skeleton className="h-7 w-3/5 rounded-md" />
          <Skeleton className="h-4 w-4/5 rounded-md" />
        </div>
      </div>
      <div className="mt-6 space-y-6 border-t pt-9 pb-2">
        {["w-3/5", "w-1/2"].map((width, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: The lines never change.
          <Skeleton key={row} className={`h-4 rounded-md ${width}`} />
        ))}
        <Skeleton className="h-11 w-36 rounded-full" />
      </div>
    </Card>
  );
}
