// When the server falls silent the page says so by itself, and no tile goes on looking live.
import { clock, say } from "./words.ts";

/** After this long without any event the page is old. */
const SILENT_AFTER = 6_000;
/** A continuous value is greyed at this age and gone at the next (hazard H03). */
const GREYED_AFTER = 5_000 + 1_000;
const GONE_AFTER = 10_000 + 1_000;
/** Measured once for each cuff cycle or taken by hand: the server says when these are late. */
export const SLOW = new Set(["systolic", "temperature"]);
/** States of a tile whose number comes from what moves: without contact it does not stay. */
export const MOVED = new Set(["live", "not-assessed", "stale"]);

export interface Freshness {
  /** Something arrived; `serverNow` is the server's clock, where the event says it. */
  heard(serverNow?: number): void;
}

/**
 * Watches over a page; `root` holds the tiles, if there are any. A page that was kept without
 * contact is old from the first moment, since `keptAt`.
 */
// Hazard: H03
export function watchFreshness(root: HTMLElement, keptAt?: number): Freshness {
  const banner = document.getElementById("no-contact");
  let lastHeard = keptAt === undefined ? performance.now() : -SILENT_AFTER;
  let lastWall = keptAt ?? Date.now();
  let server: { at: number; seen: number } | undefined;

  const look = (): void => {
    const silence = performance.now() - lastHeard;
    const silent = silence > SILENT_AFTER;
    if (banner) {
      if (silent) {
        say(
          banner,
          `No contact with Evenkeel since ${clock(lastWall)}: what you see is old. Look at the monitor.`,
        );
      }
      banner.hidden = !silent;
    }
    root.classList.toggle("is-silent", silent);
    dose(silent);
    for (const tile of root.querySelectorAll<HTMLElement>("[data-sign]")) age(tile, silent);
  };

  /** What was given does not look as if it were counted on. */
  const dose = (silent: boolean): void => {
    const place = document.getElementById("dose-running");
    if (!place) return;
    // The words are kept where they stood: a newer element, as of a pause, has words of its own.
    if (silent) {
      place.dataset["was"] ??= place.textContent ?? "";
      say(place, `as of ${clock(lastWall).slice(0, 5)}, no connection`);
    } else if (place.dataset["was"] !== undefined) {
      say(place, place.dataset["was"]);
      delete place.dataset["was"];
    }
  };

  const age = (tile: HTMLElement, silent: boolean): void => {
    const state = tile.dataset["state"] ?? "";
    // While the server speaks, it alone says what became of a value that is live no more.
    if (!MOVED.has(state) || (state !== "live" && !silent)) return;
    const measured = Number(tile.dataset["at"]);
    const now = server ? server.at + (performance.now() - server.seen) : Date.now();
    const old = SLOW.has(tile.dataset["sign"] ?? "") ? 0 : now - measured;
    if (!silent && !(old > GREYED_AFTER)) return;
    // What is stale already says since when.
    if (state !== "stale") {
      tile.dataset["state"] = "stale";
      tile.classList.remove("is-live", "is-not-assessed");
      tile.classList.add("is-stale");
      say(
        tile.querySelector(".tile-says"),
        silent ? `no connection since ${clock(lastWall)}` : `since ${clock(measured)}`,
      );
    }
    if (!(old > GONE_AFTER)) return;
    // The priority stays: a lost signal ends no notice.
    say(tile.querySelector(".tile-text"), "--");
    say(tile.querySelector(".tile-arrow"), "");
  };

  setInterval(look, 500);
  if (keptAt !== undefined) look();
  // A tablet that slept shows an old page the moment it wakes.
  document.addEventListener("visibilitychange", look);

  return {
    heard(serverNow) {
      lastHeard = performance.now();
      lastWall = serverNow ?? Date.now();
      if (serverNow !== undefined) server = { at: serverNow, seen: lastHeard };
    },
  };
}
