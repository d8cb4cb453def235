// Writes one `tiles` event of the stream into the page.
import { say } from "./words.ts";

export interface TilesEvent {
  at: number;
  feed: "live" | "silent" | "none" | "by-hand";
  feed_says: string;
  simulated: boolean;
  conflict: string | null;
  alarms_off: string[];
  tiles: TileEvent[];
  clocks: ClockEvent[];
  delivered: {
    mg: string;
    mg_per_kg: string;
    rate: string;
    elapsed: string;
    running: boolean;
    permille: number;
    bag_should_be_empty: boolean;
  } | null;
}

interface ClockEvent {
  check: string;
  name: string;
  state: "waiting" | "due" | "overdue";
  says: string;
}

interface TileEvent {
  sign: string;
  text: string;
  unit: string;
  state: string;
  says: string;
  at: number | null;
  from: string;
  priority: "low" | "medium" | "high" | null;
  arrow: "up" | "down" | "";
}

const ARROWS = { up: "↑", down: "↓", "": "" };

/** Everything that changes by itself in a session room. */
export function showTiles(room: HTMLElement, event: TilesEvent): void {
  for (const tile of event.tiles) {
    const place = room.querySelector<HTMLElement>(`[data-sign="${CSS.escape(tile.sign)}"]`);
    if (place) showTile(place, tile);
  }
  showClocks(event.clocks);
  showFeed(event);
  if (event.delivered) showDose(event.delivered);
}

function showTile(place: HTMLElement, tile: TileEvent): void {
  place.className = `tile is-${tile.state}${tile.priority ? ` is-${tile.priority}` : ""}`;
  place.dataset["state"] = tile.state;
  if (tile.at === null) delete place.dataset["at"];
  else place.dataset["at"] = String(tile.at);
  say(place.querySelector(".tile-text"), tile.text);
  say(place.querySelector(".tile-unit"), `\u00a0${tile.unit}`);
  say(place.querySelector(".tile-arrow"), ARROWS[tile.arrow]);
  say(place.querySelector(".tile-says"), tile.says);
  say(place.querySelector(".tile-from"), tile.from);
  say(place.querySelector(".tile-priority"), tile.priority ?? "");
}

/** When what is due next; kinds come and go with the stage. */
function showClocks(clocks: ClockEvent[]): void {
  const place = document.getElementById("room-due");
  if (!place || clocks.length === 0) return;
  const known = [...place.querySelectorAll<HTMLElement>("[data-check]")];
  const same =
    known.length === clocks.length &&
    clocks.every((clock, index) => known[index]?.dataset["check"] === clock.check);
  if (!same) {
    place.replaceChildren(
      ...clocks.map((clock) => {
        const element = document.createElement("span");
        element.dataset["check"] = clock.check;
        element.append(span("due-name", clock.name), " ", span("due-says", clock.says));
        return element;
      }),
    );
  }
  clocks.forEach((clock, index) => {
    const element = place.querySelectorAll<HTMLElement>("[data-check]")[index];
    if (!element) return;
    element.className = `due is-${clock.state}`;
    say(element.querySelector(".due-says"), clock.says);
  });
}

function span(name: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}

function showFeed(event: TilesEvent): void {
  const feed = document.getElementById("room-feed");
  if (feed) feed.className = `feed is-${event.feed}`;
  say(document.getElementById("feed-says"), event.feed_says);
  hide("feed-simulated", !event.simulated);
  hide("ribbon", !event.simulated);
  say(document.getElementById("alarms-off"), `monitor says alarm off: ${event.alarms_off.join(", ")}`);
  hide("alarms-off", event.alarms_off.length === 0);
  say(document.getElementById("room-conflict"), `Check who is connected: ${event.conflict ?? ""}.`);
  hide("room-conflict", event.conflict === null);
}

function showDose(dose: NonNullable<TilesEvent["delivered"]>): void {
  say(document.getElementById("dose-mg"), dose.mg);
  say(document.getElementById("dose-mg-per-kg"), dose.mg_per_kg);
  say(document.getElementById("dose-rate"), dose.rate);
  say(document.getElementById("room-elapsed"), dose.elapsed);
  document.getElementById("dose-part")?.setAttribute("width", String(dose.permille));
  hide("dose-empty", !dose.bag_should_be_empty);
}

function hide(id: string, hidden: boolean): void {
  const element = document.getElementById(id);
  if (element) element.hidden = hidden;
}

/** The page cannot be followed any more, for this reason. */
export function showLoss(says: string): void {
  const banner = document.getElementById("no-contact");
  if (!banner) return;
  say(banner, says);
  banner.hidden = false;
}
