// A voice note, handed to the form's own file field: without this, or without a microphone, a
// recording of the device is chosen there.

/** Lets a form record. */
export function recordInto(form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>(".voice");
  const button = form.querySelector<HTMLButtonElement>("[data-record]");
  const says = form.querySelector<HTMLElement>("[data-says]");
  const field = form.querySelector<HTMLInputElement>('input[type="file"]');
  if (!place || !button || !says || !field) return;
  if (typeof MediaRecorder === "undefined" || !navigator.mediaDevices) return;
  place.hidden = false;
  let recorder: MediaRecorder | undefined;

  const begin = async (): Promise<void> => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => undefined);
    if (!stream) {
      says.textContent = says.dataset["none"] ?? "";
      return;
    }
    const parts: Blob[] = [];
    recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32_000 });
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      const files = new DataTransfer();
      files.items.add(new File(parts, "voice", { type: recorder?.mimeType ?? "audio/webm" }));
      field.files = files.files;
      recorder = undefined;
      button.textContent = button.dataset["start"] ?? "";
      says.textContent = "✓";
    });
    recorder.start();
    button.textContent = button.dataset["stop"] ?? "";
    says.textContent = says.dataset["recording"] ?? "";
  };
  button.addEventListener("click", () => {
    if (recorder) recorder.stop();
    else void begin();
  });
}
