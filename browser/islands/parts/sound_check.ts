// "Let this device sound": the tone is played here, and only then can somebody say they heard it.
import { soundHere } from "./advisory_announcer.ts";

/** Offers the sound wherever the start asks for it; without audio the form alone stays. */
// Hazard: H13
export function checkSound(room: HTMLElement): void {
  if (typeof AudioContext === "undefined") return;
  const offer = (): void => {
    const button = room.querySelector<HTMLButtonElement>("[data-sound-test]");
    const heard = room.querySelector<HTMLButtonElement>("[data-sound-heard]");
    if (!button || !heard || !button.hidden) return;
    button.hidden = false;
    heard.hidden = true;
  };
  offer();
  const gate = document.getElementById("room-gate");
  if (gate) new MutationObserver(offer).observe(gate, { childList: true });
  room.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-sound-test]") : null;
    if (!button) return;
    soundHere();
    const heard = room.querySelector<HTMLButtonElement>("[data-sound-heard]");
    if (heard) {
      heard.hidden = false;
      heard.classList.remove("quiet-act");
    }
  });
}
