// The live session: tiles and dose from the stream, the record's parts whenever it grew.
import { showLoss, showTiles, type TilesEvent } from "./live_tiles.ts";
import { watchFreshness } from "./freshness_watch.ts";
import { replaceActs } from "./dialog_keeper.ts";
import { announce } from "./advisory_announcer.ts";
import { heardClock } from "./tablet_clock.ts";
import { replace } from "./words.ts";

/** Entries that come together are read together. */
const GATHERING = 250;
const EACH_MINUTE = 60_000;

interface Fragments {
  version: number;
  [part: string]: string | number;
}

/**
 * Follows a session. `shown` is called when the page shows more of the record; a page that was kept
 * says when. Gives a function that reads the record's parts anew.
 */
export function liveSession(room: HTMLElement, shown: () => void, keptAt?: number): () => void {
  const freshness = watchFreshness(room, keptAt);
  let version = Number(room.dataset["version"]);
  let timer: number | undefined;
  let opening: number | undefined;

  const read = async (): Promise<void> => {
    const answer = await fetch(room.dataset["fragments"] ?? "", {
      headers: { Accept: "application/json" },
    }).catch(() => undefined);
    if (answer?.status === 401) showLoss("You are signed out. Sign in again to see new values.");
    if (!answer?.ok) {
      refresh(2_000);
      return;
    }
    const parts = (await answer.json()) as Fragments;
    if (parts.version < version) return refresh(GATHERING);
    version = parts.version;
    room.dataset["version"] = String(version);
    for (const part of ["banner", "gate", "signal", "chart", "advisories", "cards", "entries", "tiles", "dose", "held"]) {
      const place = document.getElementById(`room-${part}`);
      if (place) replace(place, String(parts[part]));
    }
    replaceActs(room, String(parts["acts"]));
    announce(room);
    awaitGate();
    shown();
  };

  /** A requirement that time alone meets is met on the page when it is met: by the server's clock. */
  const awaitGate = (): void => {
    clearTimeout(opening);
    const at = Number(room.querySelector<HTMLElement>("[data-met-at]")?.dataset["metAt"]);
    const now = Number(document.getElementById("now")?.dataset["at"]);
    if (at > now && now > 0) opening = setTimeout(() => void read(), at - now + GATHERING);
  };

  const refresh = (wait = 0): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void read(), wait);
  };

  /** Consecutive, no gap, no duplicate: anything else is a fault of ours and is read anew. */
  const grew = (next: number): void => {
    if (next <= version) return;
    if (next !== version + 1) console.warn(`entry ${next} follows ${version}: reading the record anew`);
    version = next;
    refresh(GATHERING);
  };

  const stream = new EventSource(room.dataset["live"] ?? "");
  stream.addEventListener("tiles", (event) => {
    const tiles = JSON.parse(event.data) as TilesEvent;
    freshness.heard(tiles.at);
    heardClock(tiles.at);
    showTiles(room, tiles);
    const known = Number(event.lastEventId.split(".")[1]);
    if (known > version) grew(known);
  });
  stream.addEventListener("entry", (event) => {
    freshness.heard();
    const entry = JSON.parse(event.data) as { version: number; kind: string };
    grew(entry.version);
    // A call is shown at once; nothing is gathered with it.
    if (entry.kind === "AdvisoryRaised") refresh();
  });
  stream.addEventListener("beat", () => freshness.heard());
  document.addEventListener("evenkeel:theme", () => refresh());
  awaitGate();
  // What is said in minutes ("4 min ago", "how is it now?") changes without an entry.
  setInterval(() => refresh(), EACH_MINUTE);
  return () => refresh();
}
