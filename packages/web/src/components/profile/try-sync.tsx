/** Suggests experiments that show the sync at work. */
export function TrySync({ userId }: { userId: string }) {
  return (
    <section aria-labelledby="try-sync" className="mt-10">
      <h2 id="try-sync" className="text-xl">
        See the sync at work
      </h2>
      <ul className="mt-3 list-disc space-y-3 pl-5 text-sm text-muted-foreground marker:text-read sm:text-base">
        <li>
          Open this page in a second window and change your name. Both windows show the new name at once.
        </li>
        <li>
          Change the row in Postgres. Every open window shows the new name:
          <code
            // biome-ignore lint/a11y/noNoninteractiveTabindex: A box that scrolls must be reachable by keyboard.
            tabIndex={0}
            className="mt-2 block overflow-x-auto rounded-lg border bg-card px-3 py-2.5 font-mono text-xs leading-relaxed whitespace-pre text-foreground sm:text-sm"
          >
            {`update "user"\n   set name = 'Grace', updated_at = now()\n where id = '${userId}';`}
          </code>
        </li>
        <li>
          <a href="?inspect" className="underline underline-offset-4">
            Watch each write on its way
          </a>
          , and make the network fail.
        </li>
      </ul>
    </section>
  );
}
