import { bestSample, type ClockSample, clockSample } from "./server-clock";
import type { SyncEvent } from "./sync-event";
import type { Moment, Sight, Station, Timelines, Write } from "./write";

type Named<Kind extends SyncEvent["kind"]> = Extract<SyncEvent, { kind: Kind }>;

/**
 * Turns what was noticed into the way of each write: the edits of this tab, and the changes from elsewhere.
 *
 * A transaction can arrive before the answer that names its txid. So no transaction counts as one from elsewhere while
 * an edit of this tab waits for its answer.
 *
 * @param events in the order in which they were noticed
 */
export function timelinesOf(events: readonly SyncEvent[]): Timelines {
  const queued = ofKind(events, "queued");
  const answers = new Map(ofKind(events, "answered").map((event) => [event.id, event]));
  const clock = bestSample([...answers.values()].flatMap((answer) => sampleOf(events, answer) ?? []));
  const own = queued.map((event) => ownWrite(events, event, answers.get(event.id), clock));
  const known = new Set([...answers.values()].map(({ txid }) => txid));
  const isWaiting = own.some(({ station }) => station === "trpc");
  const foreign = isWaiting ? [] : foreignWrites(events, known, clock);
  return { writes: [...own, ...foreign].toSorted((one, other) => other.beganAt - one.beganAt), clock };
}

function ownWrite(
  events: readonly SyncEvent[],
  { id, at, what }: Named<"queued">,
  answer: Named<"answered"> | undefined,
  clock: ClockSample | undefined,
): Write {
  const its = events.filter((event) => "id" in event && event.id === id);
  const sent = ofKind(its, "sent");
  const refusal = ofKind(its, "refused")[0];
  const moments: Moment[] = [{ name: "queued", at }];
  for (const event of [...ofKind(its, "shown"), ...sent.slice(0, 1)])
    moments.push({ name: event.kind, at: event.at });
  if (answer) moments.push({ name: "answered", at: answer.at });
  if (answer || refusal) moments.push(...sinceCommit(events, answer, clock));
  return {
    id,
    what,
    own: true,
    beganAt: at,
    moments: inOrder(moments),
    sightings: sightingsOf(events, answer?.txid),
    attempts: sent.length,
    txid: answer?.txid,
    lsn: arrivalOf(events, answer?.txid)?.lsn,
    refusal: refusal?.message,
    station: stationOf(its, moments),
  };
}

/** The changes that no edit of this tab made. */
function foreignWrites(
  events: readonly SyncEvent[],
  known: ReadonlySet<number>,
  clock: ClockSample | undefined,
): Write[] {
  const arrivals = new Map<number, Named<"arrived">>();
  for (const event of ofKind(events, "arrived"))
    if (!known.has(event.txid) && !arrivals.has(event.txid)) arrivals.set(event.txid, event);
  return [...arrivals.values()].map((arrival) => {
    const { txid, lsn, shape, at } = arrival;
    const moments = inOrder(sinceStream(events, arrival, clock));
    const beganAt = Math.min(at, ...moments.flatMap((moment) => moment.at ?? []));
    const station = moments.some(({ name }) => name === "confirmed") ? "collection" : "line";
    return {
      id: `txid ${txid}`,
      what: shape,
      own: false,
      beganAt,
      moments,
      sightings: sightingsOf(events, txid),
      attempts: 0,
      txid,
      lsn,
      refusal: undefined,
      station,
    };
  });
}

/** The moments from the commit on. */
function sinceCommit(
  events: readonly SyncEvent[],
  answer: Named<"answered"> | undefined,
  clock: ClockSample | undefined,
): Moment[] {
  if (!answer) return [];
  const arrival = arrivalOf(events, answer.txid);
  const later = arrival ? sinceStream(events, arrival, clock) : confirmations(events, answer.txid);
  const sample = sampleOf(events, answer);
  const at = answer.server && sample ? answer.server.answered - sample.offset : answer.at;
  // What has come back was committed before. An edit that was sent twice is answered from the record of the first time.
  const bound = Math.min(at, ...later.flatMap((moment) => moment.at ?? []));
  return [{ name: "committed", at: bound, ...(sample && { error: sample.error }) }, ...later];
}

function sinceStream(
  events: readonly SyncEvent[],
  { txid, lsn, at, servedAt }: Named<"arrived">,
  clock: ClockSample | undefined,
): Moment[] {
  const confirmed = confirmations(events, txid);
  const arrivedAt = Math.min(at, ...confirmed.flatMap((moment) => moment.at ?? []));
  const moments: Moment[] = lsn === undefined ? [] : [{ name: "streamed", at: undefined }];
  if (servedAt !== undefined && clock)
    moments.push({ name: "served", at: Math.min(servedAt - clock.offset, arrivedAt), error: clock.error });
  return [...moments, { name: "arrived", at: arrivedAt }, ...confirmed];
}

function confirmations(events: readonly SyncEvent[], txid: number): Moment[] {
  const first = ofKind(events, "confirmed").find((event) => event.txid === txid);
  return first ? [{ name: "confirmed", at: first.at }] : [];
}

function sampleOf(events: readonly SyncEvent[], answer: Named<"answered">): ClockSample | undefined {
  const sent = ofKind(events, "sent").findLast(({ id, at }) => id === answer.id && at <= answer.at);
  return sent && answer.server ? clockSample(sent.at, answer.at, answer.server) : undefined;
}

/** When each other tab first had the rows. The leading tab may hand out one answer twice, and tabs then report twice. */
function sightingsOf(events: readonly SyncEvent[], txid: number | undefined): Sight[] {
  const seen = ofKind(events, "seen").filter((event) => event.txid === txid);
  const tabs = [...new Set(seen.map(({ tab }) => tab))];
  return tabs.map((tab) => ({
    tab,
    at: Math.min(...seen.flatMap((one) => (one.tab === tab ? one.at : []))),
  }));
}

function arrivalOf(events: readonly SyncEvent[], txid: number | undefined): Named<"arrived"> | undefined {
  return ofKind(events, "arrived").find((event) => event.txid === txid);
}

/** Where an edit of this tab is. A lost request leaves the edit in the outbox. */
function stationOf(its: readonly SyncEvent[], moments: readonly Moment[]): Station {
  const has = (name: Moment["name"]) => moments.some((moment) => moment.name === name);
  if (has("confirmed")) return "collection";
  if (has("arrived")) return "line";
  if (has("committed")) return "postgres";
  const last = its.findLast(({ kind }) => kind === "sent" || kind === "lost" || kind === "refused");
  return last?.kind === "sent" ? "trpc" : "outbox";
}

/** Sorts by time. A moment without a time stays behind the moment that comes before it. */
function inOrder(moments: readonly Moment[]): Moment[] {
  const timed = moments.filter(({ at }) => at !== undefined).toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const untimed = moments.filter(({ at }) => at === undefined);
  const place = timed.findIndex(({ name }) => name === "served" || name === "arrived");
  return timed.toSpliced(place === -1 ? timed.length : place, 0, ...untimed);
}

function ofKind<Kind extends SyncEvent["kind"]>(events: readonly SyncEvent[], kind: Kind): Named<Kind>[] {
  return events.filter((event): event is Named<Kind> => event.kind === kind);
}
