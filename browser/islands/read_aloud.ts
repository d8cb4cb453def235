// Reads a text aloud, part by part, with a voice that is on this device: the text leaves it for
// no other machine. Where the browser has no such voice the button stays hidden.
import { localVoice } from "./parts/local_voice.ts";

const button = document.querySelector<HTMLButtonElement>("[data-listen]");
const text = document.getElementById(button?.dataset["listen"] ?? "");
if (button && text && "speechSynthesis" in window) readAloud(button, text);

function readAloud(button: HTMLButtonElement, text: HTMLElement): void {
  const language = document.documentElement.lang;
  const begin = button.textContent ?? "";
  const stop = button.dataset["stop"] ?? begin;
  const parts = [...text.querySelectorAll<HTMLElement>("section")];
  let reading = false;

  const offer = (): void => {
    button.hidden = localVoice(language) === undefined;
  };
  const end = (): void => {
    reading = false;
    speechSynthesis.cancel();
    button.textContent = begin;
    for (const part of parts) part.classList.remove("is-read");
  };
  const read = (index: number): void => {
    const part = parts[index];
    if (!part || !reading) {
      end();
      return;
    }
    for (const other of parts) other.classList.toggle("is-read", other === part);
    const said = [...part.querySelectorAll("h2, p")].filter((one) => !one.closest("details"));
    const utterance = new SpeechSynthesisUtterance(said.map((one) => one.textContent ?? "").join(". "));
    utterance.lang = language;
    utterance.voice = localVoice(language) ?? null;
    utterance.onend = () => read(index + 1);
    utterance.onerror = end;
    speechSynthesis.speak(utterance);
  };

  button.addEventListener("click", () => {
    if (reading) {
      end();
      return;
    }
    reading = true;
    button.textContent = stop;
    read(0);
  });
  addEventListener("pagehide", end);
  speechSynthesis.addEventListener("voiceschanged", offer);
  offer();
}
