// The clock on the page goes on after it was loaded.
import { clock, say } from "./words.ts";

/** Keeps the page's clock. */
export function keepTime(): void {
  // The server's clock at loading, not the device's: tablets are often wrong by minutes.
  const loaded = Number(document.getElementById("now")?.dataset["at"]);
  if (!loaded) return;
  const since = performance.now();
  setInterval(() => {
    const now = loaded + performance.now() - since;
    say(document.getElementById("now"), clock(now).slice(0, 5));
    for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
      say(element, elapsed(now - Number(element.dataset["since"])));
    }
  }, 1_000);
}

/** `4:05`, minutes and seconds. */
function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
