// Says new notices to those who hear the page, and, on the board alone and only if somebody has
// asked for it, aloud. A page of a room sounds only on the device that a nurse carries and has let
// sound: a sudden sound beside the patient can do harm.
import { localVoice } from "./local_voice.ts";
import { say } from "./words.ts";

/** What nobody has acknowledged, as the board's stream says it. */
export interface Call {
  id: string;
  priority: "low" | "medium" | "high";
  escalated: boolean;
  says: string;
}

const TONES = { low: 1, medium: 2, high: 3 } as const;
/** How long until what still stands is said again; low is said once. Device reference 13.1. */
const AGAIN = { low: Number.POSITIVE_INFINITY, medium: 30_000, high: 15_000 } as const;
const ESCALATED_AGAIN = 10_000;
const language = document.documentElement.lang || "en";
const voice = (): SpeechSynthesisVoice | undefined => localVoice(language);
let heard = new Set<string>();

/** Sound in this page of a room: only where the nurse has let the carried device sound and heard it. */
let armed: AudioContext | undefined;

/** Lets this device sound once, and again for each new notice while this page is open. */
// Hazard: H13
export function soundHere(): void {
  armed ??= new AudioContext();
  void armed.resume();
  tone(armed, TONES.medium);
}

/** Speaks the room's notices that were not there before. */
export function announce(room: HTMLElement): void {
  const now = new Set<string>();
  for (const notice of room.querySelectorAll<HTMLElement>("[data-notice]")) {
    const number = notice.dataset["notice"] ?? "";
    now.add(number);
    if (!heard.has(number) && !notice.classList.contains("is-acknowledged")) {
      say(document.getElementById("announce"), notice.querySelector(".notice-says")?.textContent?.trim() ?? "");
      const priority = notice.dataset["priority"] as keyof typeof TONES | undefined;
      if (armed && priority) tone(armed, TONES[priority]);
    }
  }
  heard = now;
}

/** The board's voice: armed by one tap, heard at once, and said to be silent until then. */
export function announceAdvisories(board: HTMLElement): void {
  const place = document.getElementById("sound-place");
  const button = document.getElementById("sound");
  const state = document.getElementById("sound-state");
  if (!place || !button || typeof AudioContext === "undefined") {
    say(state, "This browser cannot sound. Watch this screen, or use another one for sound.");
    return;
  }
  let audio: AudioContext | undefined;
  /** `waits`: its words are still to be spoken. */
  const said = new Map<string, { at: number; escalated: boolean; waits: boolean }>();
  let spoken: Call | undefined;
  button.hidden = false;

  const show = (): void => {
    const on = audio?.state === "running";
    place.classList.toggle("is-armed", on);
    button.setAttribute("aria-pressed", String(on));
    say(button, on ? "Switch the sound off" : "Arm the sound");
    const words = voice() ? "tone and spoken words." : "tone alone, for this device has no voice of its own to speak with.";
    say(
      state,
      on ? `Sound is armed on this screen: ${words}` : "Sound is not armed on this screen: nothing will be heard here.",
    );
  };
  show();
  // Browsers tell of their voices some time after the page has come.
  if (typeof speechSynthesis !== "undefined") speechSynthesis.addEventListener("voiceschanged", show);

  button.addEventListener("click", () => {
    // A browser lets a page sound only after somebody has touched it: so each visit asks anew.
    if (audio) {
      void audio.close();
      audio = undefined;
      said.clear();
      spoken = undefined;
      return show();
    }
    const context = new AudioContext();
    audio = context;
    context.addEventListener("statechange", show);
    void context.resume().then(() => {
      show();
      tone(context, 1);
      speak("Sound is on.");
    });
  });

  board.addEventListener("evenkeel:board", (event) => {
    const calls = (event as CustomEvent<Call[]>).detail;
    for (const id of said.keys()) if (!calls.some((call) => call.id === id)) said.delete(id);
    const now = performance.now();
    const next = calls.find((call) => {
      const before = said.get(call.id);
      if (!before || (call.escalated && !before.escalated)) return true;
      return now - before.at >= (call.escalated ? ESCALATED_AGAIN : AGAIN[call.priority]);
    });
    if (next) {
      said.set(next.id, { at: now, escalated: next.escalated, waits: audio !== undefined });
      say(document.getElementById("board-said"), next.says);
      // The tone waits for no words: a browser may say for ever that it is speaking.
      if (audio) tone(audio, TONES[next.priority]);
    }
    if (audio) speakNext(calls);
  });

  /** One at a time, the gravest first; what it cuts off is said again when it has been said. */
  const speakNext = (calls: Call[]): void => {
    const call = calls.find(({ id }) => said.get(id)?.waits);
    const its = call && said.get(call.id);
    if (!call || !its || !voice()) return;
    if (speechSynthesis.speaking) {
      if (spoken && gravity(call) <= gravity(spoken)) return;
      speechSynthesis.cancel();
      const cut = spoken && said.get(spoken.id);
      if (cut) cut.waits = true;
    }
    its.waits = false;
    spoken = call;
    speak(call.says);
  };
}

/** The server's own order of calls: what was escalated is before what is only graver. */
function gravity(call: Call): number {
  return TONES[call.priority] + (call.escalated ? TONES.high : 0);
}

function speak(says: string): void {
  const own = voice();
  if (!own) return;
  const words = new SpeechSynthesisUtterance(says);
  words.lang = language;
  words.voice = own;
  speechSynthesis.speak(words);
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
