// Says new notices to those who hear the page, and, on the board alone and only if somebody has
// asked for it, with a quiet tone: never in the room, where a sudden sound can do harm.
import { say } from "./words.ts";

const GRAVITY = { low: 1, medium: 2, high: 3 } as const;
const KEPT = "sound-on-board";
let heard = new Set<string>();

/** Speaks the room's notices that were not there before. */
export function announce(room: HTMLElement): void {
  const now = new Set<string>();
  for (const notice of room.querySelectorAll<HTMLElement>("[data-notice]")) {
    const number = notice.dataset["notice"] ?? "";
    now.add(number);
    if (!heard.has(number) && !notice.classList.contains("is-acknowledged")) {
      say(document.getElementById("announce"), notice.querySelector(".notice-says")?.textContent?.trim() ?? "");
    }
  }
  heard = now;
}

/** The board's tone. */
export function announceAdvisories(board: HTMLElement): void {
  const button = document.getElementById("sound");
  if (!button || typeof AudioContext === "undefined") return;
  button.hidden = false;
  let audio: AudioContext | undefined;
  let loudest = 0;
  const show = (on: boolean): void => {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = `Sound on this device: ${on ? "on" : "off"}`;
  };
  show(false);
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    localStorage.setItem(KEPT, String(on));
    // A browser lets a page sound only after somebody has touched it: so each visit asks anew.
    audio = on ? (audio ?? new AudioContext()) : undefined;
    show(on);
  });
  board.addEventListener("evenkeel:board", (event) => {
    const priority = (event as CustomEvent<keyof typeof GRAVITY | null>).detail;
    const gravity = priority ? GRAVITY[priority] : 0;
    if (audio && gravity > loudest) tone(audio, gravity);
    loudest = gravity;
  });
}

/** One short soft tone for each mark of gravity. */
function tone(audio: AudioContext, times: number): void {
  for (let index = 0; index < times; index += 1) {
    const start = audio.currentTime + index * 0.4;
    const sound = audio.createOscillator();
    const volume = audio.createGain();
    sound.frequency.value = 523;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.2, start + 0.05);
    volume.gain.linearRampToValueAtTime(0, start + 0.3);
    sound.connect(volume).connect(audio.destination);
    sound.start(start);
    sound.stop(start + 0.32);
  }
}
