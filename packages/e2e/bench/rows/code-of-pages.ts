import { launchBrowser } from "../../src/browser.ts";
import { codeOf } from "../../src/page-code.ts";
import { contextOf, type Person } from "../../src/person.ts";
import type { Measured, Row } from "../row.ts";
import type { Site } from "../site.ts";

/** The scripts that a page names in its HTML, after gzip. */
export const row: Row = {
  title: "JavaScript of a page, gzip",
  about:
    "The scripts that the HTML of a page names, and so the browser loads at once. The last line adds what comes later.",
  measure: async (site) => {
    const person = await site.signUp();
    const { headers } = person;
    return [
      await weigh(site, { what: "landing page", path: "/", headers: {}, aim: "≤ 110" }),
      await weigh(site, { what: "sign-in", path: "/sign-in", headers: {}, aim: "≤ 130" }),
      await weigh(site, { what: "profile, signed in", path: "/profile", headers, aim: "≤ 160" }),
      await weighUntilLive(site, person),
    ];
  },
};

interface Weighed {
  what: string;
  path: string;
  headers: Record<string, string>;
  aim: string;
}

async function weigh({ url }: Site, { what, path, headers, aim }: Weighed): Promise<Measured> {
  const answer = await fetch(`${url}${path}`, { headers });
  if (!answer.ok) throw new Error(`${path} got ${answer.status}.`);
  return { what, unit: "KB", aimed: "app", aim, app: codeOf(await answer.text()).kilobytes };
}

/** Weighs what a browser has loaded when the profile is live, also what the HTML does not name. */
async function weighUntilLive({ url }: Site, person: Person): Promise<Measured> {
  await using browser = await launchBrowser();
  const page = await (await contextOf(browser, url, person)).newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto("/profile");
  await page.getByRole("status", { name: "Sync: live" }).waitFor();
  const { kilobytes } = codeOf(asked.join("\n"));
  return { what: "profile, until live", unit: "KB", aimed: "app", aim: "", app: kilobytes };
}
