// The room as this tablet keeps it for the time without contact, encrypted; and how it is opened
// again by the empty page that stands in for it.
import { MOVED, SLOW } from "./freshness_watch.ts";
import type { CardsAhead } from "./offline_cards.ts";
import type { PumpAhead } from "./offline_dose.ts";
import { holder, seal, unseal } from "./tablet_key.ts";
import { dropRoom, keepRoom, keptRoom, keptRooms } from "./tablet_store.ts";
import { serverNow } from "./tablet_clock.ts";
import { standing } from "./outbox.ts";
import { clock, say } from "./words.ts";

/** What the server tells ahead for the time without contact. */
export interface Ahead {
  version: number;
  stage: string;
  now: number;
  started_at: number | null;
  /** When vital signs are due, and from when they are overdue. */
  due: [number, number][];
  /** How the pump stands; nothing where none runs. */
  pump: PumpAhead | null;
  /** The bar and panels of stages that may come. */
  acts: Record<string, string>;
  /** Those stages in words. */
  says: Record<string, string>;
}

interface Snapshot {
  title: string;
  zone: string;
  person: string;
  banner: string;
  main: string;
  pack: string;
  cards?: CardsAhead | undefined;
  ahead: Ahead;
}

/** At most this often the server is asked anew. */
const ASKED_EVERY = 15_000;
const KEPT_AFTER = 1_500;

export interface Keeper {
  /** The record grew, and the page shows it. */
  grew(): void;
  ahead(): Ahead | undefined;
  /** The emergency cards, each as if it stood open. */
  cards(): CardsAhead | undefined;
}

/** Keeps the room whenever it has changed. */
export function keepTheRoom(room: HTMLElement, from?: Snapshot): Keeper {
  let ahead = from?.ahead;
  let pack = from?.pack ?? "";
  let cards = from?.cards;
  let asked = from ? 0 : -ASKED_EVERY;
  let timer: number | undefined;
  const session = room.dataset["session"] ?? "";

  const ask = async (): Promise<void> => {
    const answer = await fetch(`/sessions/${session}/ahead`, { headers: { Accept: "application/json" } });
    if (answer.ok) ahead = (await answer.json()) as Ahead;
    if (!cards) {
      const written = await fetch(`/sessions/${session}/cards-ahead`, { headers: { Accept: "application/json" } });
      if (written.ok) cards = (await written.json()) as CardsAhead;
    }
    if (pack !== "") return;
    const printed = await fetch(`/sessions/${session}/pack`, { headers: { Accept: "text/html" } });
    const html = printed.ok ? new DOMParser().parseFromString(await printed.text(), "text/html") : undefined;
    pack = html?.getElementById("main")?.innerHTML ?? "";
  };

  const keep = async (): Promise<void> => {
    if (document.getElementById("no-contact")?.hidden === false) return;
    if (performance.now() - asked > ASKED_EVERY || ahead?.version !== Number(room.dataset["version"])) {
      asked = performance.now();
      await ask().catch(() => undefined);
    }
    const who = await holder();
    if (!who || !ahead) return;
    if (ahead.stage === "signed" && !(await waits(session))) {
      await dropRoom(session);
      return;
    }
    const snapshot: Snapshot = {
      title: document.title,
      zone: document.documentElement.dataset["zone"] ?? "UTC",
      person: document.querySelector(".identity-name")?.textContent ?? "",
      banner: document.getElementById("room-banner")?.innerHTML ?? "",
      main: document.getElementById("main")?.innerHTML ?? "",
      pack,
      cards,
      ahead,
    };
    await keepRoom({ session, staff: who.staff, at: serverNow(), ...(await seal(who.key, snapshot)) });
  };

  const grew = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void keep().catch(() => undefined), KEPT_AFTER);
  };
  grew();
  // A tablet that is carried out of reach shows the room as it was seconds ago, not an hour.
  setInterval(grew, 20_000);
  return { grew, ahead: () => ahead, cards: () => cards };
}

async function waits(session: string): Promise<boolean> {
  const { mine } = await standing();
  return mine.some(({ waiting }) => waiting.session === session);
}

/** Puts a kept room into the empty page. Gives the snapshot and when it was taken. */
// Hazard: H03
export async function openKeptRoom(page: HTMLElement): Promise<{ snapshot: Snapshot; at: number } | undefined> {
  const session = /^\/sessions\/([0-9a-f-]{36})$/.exec(location.pathname)?.[1];
  const who = await holder();
  if (!session || !who) {
    await listRooms(page, who !== undefined);
    return undefined;
  }
  const kept = await keptRoom(session);
  const snapshot = kept && kept.staff === who.staff ? await unseal<Snapshot>(who.key, kept) : undefined;
  if (!kept || !snapshot) {
    await listRooms(page, true);
    return undefined;
  }
  document.title = snapshot.title;
  document.documentElement.dataset["zone"] = snapshot.zone;
  document.body.className = "page-room";
  const main = document.getElementById("main");
  const banner = document.createElement("div");
  banner.className = "room-top";
  banner.id = "room-banner";
  banner.innerHTML = snapshot.banner;
  const contact = document.createElement("p");
  contact.className = "no-contact";
  contact.id = "no-contact";
  contact.setAttribute("role", "alert");
  main?.before(banner, contact);
  if (main) main.innerHTML = snapshot.main;
  for (const panel of document.querySelectorAll("dialog[open]")) panel.removeAttribute("open");
  document.getElementById("outbox")?.remove();
  for (const tile of document.querySelectorAll<HTMLElement>("[data-sign]")) asItWas(tile, kept.at);
  document.getElementById("answer")?.replaceChildren();
  say(document.getElementById("feed-says"), `as of ${clock(kept.at).slice(0, 5)}, no connection`);
  const feed = document.getElementById("room-feed");
  if (feed) feed.className = "feed is-silent";
  const chart = document.getElementById("room-chart");
  chart?.setAttribute("data-as-of", `as of ${clock(kept.at).slice(0, 5)}, no connection`);
  return { snapshot, at: kept.at };
}

/** What moved does not look as if it did; a pressure or a score keeps its number and its time. */
function asItWas(tile: HTMLElement, at: number): void {
  if (!MOVED.has(tile.dataset["state"] ?? "")) return;
  tile.dataset["state"] = "stale";
  tile.className = "tile is-stale";
  if (!SLOW.has(tile.dataset["sign"] ?? "")) say(tile.querySelector(".tile-text"), "--");
  say(tile.querySelector(".tile-says"), `as of ${clock(at).slice(0, 5)}, no connection`);
  say(tile.querySelector(".tile-arrow"), "");
  say(tile.querySelector(".tile-priority"), "");
}

async function listRooms(page: HTMLElement, open: boolean): Promise<void> {
  const place = page.querySelector("#offline-rooms");
  const rooms = await keptRooms();
  if (!place) return;
  const says = document.createElement("p");
  says.textContent = !open
    ? "This tablet is locked: what it keeps is opened when the same person signs in again."
    : rooms.length === 0
      ? "No session is kept on this tablet."
      : "Sessions that this tablet keeps:";
  const list = document.createElement("ul");
  const who = await holder();
  for (const kept of open && who ? rooms : []) {
    const snapshot = who ? await unseal<Snapshot>(who.key, kept) : undefined;
    if (!snapshot) continue;
    const link = document.createElement("a");
    link.href = `/sessions/${kept.session}`;
    link.className = "button";
    link.textContent = `${snapshot.person}, as of ${clock(kept.at).slice(0, 5)}`;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  place.replaceChildren(says, list);
}

/** The session pack, as it was when there was contact. */
export function offerPack(pack: string): void {
  const place = document.getElementById("room-outbox");
  if (!place || pack === "" || document.getElementById("kept-pack")) return;
  const details = document.createElement("details");
  details.id = "kept-pack";
  details.className = "kept-pack";
  const summary = document.createElement("summary");
  summary.textContent = "Session pack and emergency cards, as kept on this tablet";
  const body = document.createElement("div");
  body.innerHTML = pack;
  details.append(summary, body);
  place.append(details);
}
