// When the server falls silent the page says so by itself, and no tile goes on looking live.
import { clock, say } from "./words.ts";

/** After this long without any event the page is old. */
const SILENT_AFTER = 6_000;
/** A continuous value is greyed at this age and gone at the next (hazard H03). */
const GREYED_AFTER = 5_000 + 1_000;
const GONE_AFTER = 10_000 + 1_000;
/** Measured once for each cuff cycle or taken by hand: the server says when these are late. */
const SLOW = new Set(["systolic", "temperature"]);

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
  let running: string | undefined;
  const dose = (silent: boolean): void => {
    const place = document.getElementById("dose-running");
    if (!place) return;
    if (silent) {
      running ??= place.textContent ?? "";
      say(place, `as of ${clock(lastWall).slice(0, 5)}, no connection`);
    } else if (running !== undefined) {
      say(place, running);
      running = undefined;
    }
  };

  const age = (tile: HTMLElement, silent: boolean): void => {
    const state = tile.dataset["state"];
    if (state !== "live" && !(silent && state === "not-assessed")) return;
    const measured = Number(tile.dataset["at"]);
    const now = server ? server.at + (performance.now() - server.seen) : Date.now();
    const old = SLOW.has(tile.dataset["sign"] ?? "") ? 0 : now - measured;
    if (!silent && !(old > GREYED_AFTER)) return;
    tile.dataset["state"] = "stale";
    tile.classList.remove("is-live", "is-not-assessed");
    tile.classList.add("is-stale");
    say(
      tile.querySelector(".tile-says"),
      silent ? `no connection since ${clock(lastWall)}` : `since ${clock(measured)}`,
    );
    if (old > GONE_AFTER) say(tile.querySelector(".tile-text"), "--");
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
