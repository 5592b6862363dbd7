/** What to try next, so that the sync can be seen at work. */
export function WatchItTravel({ userId }: { userId: string }) {
  return (
    <section aria-labelledby="watch" className="mt-10">
      <h2 id="watch" className="text-xl">
        Watch it travel
      </h2>
      <ul className="mt-3 list-disc space-y-3 pl-5 text-sm text-muted-foreground marker:text-read sm:text-base">
        <li>Open this page in a second window and change your name. Both show it at once.</li>
        <li>
          Or change the row in the database, behind the app’s back:
          <code
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            className="mt-2 block overflow-x-auto rounded-lg border bg-card px-3 py-2.5 font-mono text-xs leading-relaxed whitespace-pre text-foreground sm:text-sm"
          >
            {`update "user"\n   set name = 'Grace', updated_at = now()\n where id = '${userId}';`}
          </code>
        </li>
      </ul>
    </section>
  );
}
