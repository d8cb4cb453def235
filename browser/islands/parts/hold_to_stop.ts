// Ending the infusion takes two deliberate steps: hold for two seconds, then say why. With a
// keyboard, or a tool that presses for somebody, Enter is the first step.
import { overall } from "./act_sender.ts";
import type { Dialogs } from "./dialog_keeper.ts";

/** A timer that comes later than this was held up, and that the button was let go may not be heard yet. */
const LATE = 100;

/** Watches the buttons that are held. */
// Hazard: H46
export function holdToStop(room: HTMLElement, dialogs: Dialogs): void {
  let held: { button: HTMLElement; since: number; timer: number } | undefined;

  const letGo = (): void => {
    if (!held) return;
    clearTimeout(held.timer);
    held.button.classList.remove("is-held");
    held = undefined;
  };

  const open = (): void => {
    const opens = held?.button.dataset["opens"] ?? "";
    letGo();
    dialogs.open(opens);
  };

  room.addEventListener("pointerdown", (event) => {
    const button = of(event);
    if (!button || !event.isPrimary || event.button !== 0) return;
    letGo();
    button.classList.add("is-held");
    const since = event.timeStamp;
    const due = since + Number(button.dataset["hold"]);
    const ripe = (): void => {
      if (performance.now() - due > LATE) held = { button, since, timer: setTimeout(open, LATE) };
      else open();
    };
    held = { button, since, timer: setTimeout(ripe, due - performance.now()) };
  });
  // How long it was held is told by the times of its events: a page that was blocked hears of them late.
  addEventListener("pointerup", (event) => {
    if (held && event.timeStamp - held.since >= Number(held.button.dataset["hold"])) open();
    else letGo();
  });
  for (const end of ["pointercancel", "blur"]) addEventListener(end, letGo);
  room.addEventListener("contextmenu", (event) => {
    if (of(event)) event.preventDefault();
  });
  room.addEventListener("click", (event) => {
    const button = of(event);
    if (!button) return;
    event.preventDefault();
    const pressed = event.detail === 0;
    if (pressed) dialogs.open(button.dataset["opens"] ?? "");
    else if (!document.getElementById(button.dataset["opens"] ?? "")?.hasAttribute("open")) {
      overall("Hold for two seconds to end the infusion.", false);
    }
  });
}

function of(event: Event): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>("[data-hold]") : null;
}
