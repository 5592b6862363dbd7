import { createTRPCClient, httpLink } from "@trpc/client";
import { describingLink } from "~/lib/sync/outbox/describing-link";
import { exampleCollections } from "../example/collections";
import type { ExampleRouter } from "../example/server";
import type { MadeEdit, Person, Told } from "./edits";
import { Page } from "./page";

/** Opens a page of the browser that this process stands for, with collections of its own. */
export function openPage(
  life: string,
  person: Person,
  made: (edit: MadeEdit) => void,
  told: (id: string, told: Told) => void,
) {
  const trpc = createTRPCClient<ExampleRouter>({
    links: [describingLink(), httpLink({ url: `${location.origin}/api/trpc` })],
  });
  const collections = exampleCollections(person.id, trpc);
  return {
    page: new Page(life, person, collections, made, told),
    /** Goes, as a tab goes: nothing of what is under way is waited for. */
    close: () => void collections.end(),
  };
}
