// A drill ends by itself, also on a page that stands open.
import { serverNow } from "./tablet_clock.ts";

/** Takes the strip away at the moment it names. */
export function endDrill(): void {
  const strip = document.querySelector<HTMLElement>("[data-drill]");
  if (!strip) return;
  const look = (): void => {
    if (serverNow() >= Number(strip.dataset["drill"])) strip.remove();
  };
  look();
  setInterval(look, 1_000);
}
