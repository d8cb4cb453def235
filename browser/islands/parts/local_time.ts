// The clock on the page goes on after it was loaded.
import { clock, say } from "./words.ts";

/** Keeps the board's clock. */
export function keepTime(): void {
  const place = document.getElementById("now");
  if (!place) return;
  // The server's clock at loading, not the device's: tablets are often wrong by minutes.
  const loaded = Number(place.dataset["at"]);
  const since = performance.now();
  setInterval(() => say(place, clock(loaded + performance.now() - since).slice(0, 5)), 1_000);
}
