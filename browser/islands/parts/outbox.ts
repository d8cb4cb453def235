// Every act is on this tablet before it is shown, and leaves it when the server has it: in order,
// under its own id, again and again until there is an answer.
import { type Holder, type SignedIn, askWho, holder, seal, tabletNumber, unseal } from "./tablet_key.ts";
import { type WaitingAct, dropAct, keepAct, replaceAct, waitingActs } from "./tablet_store.ts";
import { serverNow } from "./tablet_clock.ts";

/** An act as it lies in the store, opened. */
export interface Act {
  url: string;
  act: string;
  fields: [string, string][];
  /** In a few words, for the list of what waits. */
  says: string;
  /** When it was tapped, by the server's clock as reckoned, and by the tablet's own. */
  happenedAt: number;
  tabletAt: number;
  /** Why the server did not take it, where it has answered so. */
  notTaken?: string;
}

export interface Answer {
  saved?: boolean;
  at?: string;
  refused?: string;
  problem?: string;
  field?: string;
  fault?: string;
}

/** The server failed at it, and says how. That is no answer: the same id is tried again. */
export interface Faulted {
  faulted: string;
}

export type Sent = Answer | Faulted | "no-contact" | "signed-out";

/** What waits on this tablet. */
export interface Standing {
  /** Those that whoever holds the tablet may open, in order. */
  mine: { waiting: WaitingAct; act: Act }[];
  /** Names of others, or of the same person before the key was thrown away, with how many. */
  locked: Map<string, number>;
  /** How the server failed when it was last asked to take one. */
  faulted: string | undefined;
}

/** Acts that this page has tried at once: a pass over what waits leaves them alone. */
export const underWay = new Set<string>();

const PATIENCE = 8_000;
const AGAIN_AFTER = 3_000;
const told = new EventTarget();
let faulted: string | undefined;

/** Calls whenever something was added or left. */
export function whenChanged(heard: (saved: { at?: string; count: number }) => void): void {
  told.addEventListener("changed", (event) => heard((event as CustomEvent).detail));
}

/** Calls those who listen: an act that was being tried now waits. */
export function stirred(): void {
  changed();
}

function changed(count = 0, at?: string): void {
  told.dispatchEvent(new CustomEvent("changed", { detail: { count, at } }));
}

/** Keeps an act; afterwards it is "saved on this tablet". Gives its place in the order. */
// Hazard: H22
export async function keep(who: Holder, session: string, act: Act): Promise<number> {
  const id = act.fields.find(([name]) => name === "command_id")?.[1] ?? "";
  const sealed = await seal(who.key, act);
  const place = await keepAct({ id, session, staff: who.staff, name: who.name, ...sealed });
  changed();
  return Number(place);
}

/** The server has it, or has said why not. */
export async function leave(sequence: number): Promise<void> {
  await dropAct(sequence);
  changed();
}

/** What waits. */
export async function standing(): Promise<Standing> {
  const who = await holder();
  const mine: Standing["mine"] = [];
  const locked = new Map<string, number>();
  for (const waiting of await waitingActs()) {
    const act = who && who.staff === waiting.staff ? await unseal<Act>(who.key, waiting) : undefined;
    if (act) mine.push({ waiting, act });
    else locked.set(waiting.name, (locked.get(waiting.name) ?? 0) + 1);
  }
  return { mine, locked, faulted };
}

/** Tries once. `marks` are what a late act says besides. */
export async function post(act: Act, csrf: string, marks: [string, string][] = []): Promise<Sent> {
  const body = new URLSearchParams();
  for (const [name, value] of act.fields) if (name !== "csrf") body.append(name, value);
  body.append("csrf", csrf);
  for (const [name, value] of marks) body.append(name, value);
  try {
    const response = await fetch(act.url, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.status === 401) return "signed-out";
    const answer = (await response.json()) as Answer;
    // A fault is not an answer: nobody knows whether it was done, and the same id finds out. Words
    // of a machine in between, which did not reach ours, are not shown as ours.
    if (response.status >= 500) return answer.fault === undefined ? "no-contact" : { faulted: answer.fault };
    // It was on its way for too long: it is sent again as what happened when it was tapped.
    if (answer.field === "tapped_at") return "no-contact";
    if (response.ok && answer.saved !== true) return "no-contact";
    return answer;
  } catch {
    return "no-contact";
  }
}

let timer: number | undefined;

/** Sends what waits, from now on whenever something does. */
export function sendWaiting(): void {
  clearTimeout(timer);
  const work = async (): Promise<void> => {
    const left = await flush().catch(() => true);
    if (left) timer = setTimeout(sendWaiting, AGAIN_AFTER);
  };
  // Two windows of one tablet take turns, so that the order stays.
  if (navigator.locks) void navigator.locks.request("evenkeel-outbox", { ifAvailable: true }, async (turn) => {
    if (turn) await work();
    else timer = setTimeout(sendWaiting, AGAIN_AFTER);
  });
  else void work();
}

/** One pass over what waits; true while something that can be sent is left. */
export async function flush(): Promise<boolean> {
  if ((await waitingActs()).length === 0) return false;
  const who = await askWho();
  if (who === "no-contact") return true;
  changed();
  if (who === "signed-out") return false;
  return pass(who);
}

async function pass(who: SignedIn): Promise<boolean> {
  const { mine } = await standing();
  let last: { at?: string; count: number } = { count: 0 };
  let fault: string | undefined;
  /** Sessions in which one act must wait: those after it wait too. */
  const stopped = new Set<string>();
  for (const { waiting, act } of mine) {
    if (act.notTaken !== undefined || stopped.has(waiting.session)) continue;
    if (underWay.has(waiting.id)) {
      stopped.add(waiting.session);
      continue;
    }
    const answer = await post(act, who.csrf, [
      ["recorded", "offline"],
      ["tablet", tabletNumber()],
      ["staff", waiting.staff],
      ["happened_at", String(act.happenedAt)],
      ["tablet_at", String(act.tabletAt)],
      ["tablet_now", String(Date.now())],
    ]);
    if (answer === "signed-out") {
      await askWho();
      changed(last.count, last.at);
      return false;
    }
    if (answer === "no-contact" || "faulted" in answer) {
      if (answer !== "no-contact") fault = answer.faulted;
      stopped.add(waiting.session);
      continue;
    }
    if (answer.saved) {
      last = { count: last.count + 1, ...(answer.at === undefined ? {} : { at: answer.at }) };
      if (waiting.sequence !== undefined) await dropAct(waiting.sequence);
    } else await notTaken(who, act, answer, waiting);
  }
  faulted = fault;
  changed(last.count, last.at);
  return stopped.size > 0;
}

/**
 * It stays readable on the tablet until its author has entered it anew. Where that cannot be
 * written, it stays as it was and is sent again: the same id is never done twice.
 */
async function notTaken(who: SignedIn, act: Act, answer: Answer, waiting: WaitingAct): Promise<void> {
  const why = answer.refused ?? answer.problem ?? answer.fault ?? "The server did not take it.";
  const sealed = await seal(who.key, { ...act, notTaken: why });
  await replaceAct({ ...waiting, ...sealed });
}

/** The moment of a tap. */
export function tapped(): { happenedAt: number; tabletAt: number } {
  return { happenedAt: serverNow(), tabletAt: Date.now() };
}
