// Ending the infusion takes two deliberate steps: hold for two seconds, then say why. With a
// keyboard, or a tool that presses for somebody, Enter is the first step.
import { overall } from "./act_sender.ts";
import type { Dialogs } from "./dialog_keeper.ts";

/** Watches the buttons that are held. */
// Hazard: H46
export function holdToStop(room: HTMLElement, dialogs: Dialogs): void {
  let held: { button: HTMLElement; timer: number } | undefined;

  const letGo = (): void => {
    if (!held) return;
    clearTimeout(held.timer);
    held.button.classList.remove("is-held");
    held = undefined;
  };

  room.addEventListener("pointerdown", (event) => {
    const button = of(event);
    if (!button || !event.isPrimary || event.button !== 0) return;
    letGo();
    button.classList.add("is-held");
    const timer = setTimeout(() => {
      letGo();
      dialogs.open(button.dataset["opens"] ?? "");
    }, Number(button.dataset["hold"]));
    held = { button, timer };
  });
  for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, letGo);
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
