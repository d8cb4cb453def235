// The clock on the page goes on after it was loaded.
import { clock, say } from "./words.ts";

/** Keeps the page's clock. */
export function keepTime(): void {
  // The server's clock at loading, not the device's: tablets are often wrong by minutes.
  const loaded = Number(document.getElementById("now")?.dataset["at"]);
  if (!loaded) return;
  const since = performance.now();
  setInterval(() => {
    say(document.getElementById("now"), clock(loaded + performance.now() - since).slice(0, 5));
  }, 1_000);
}
