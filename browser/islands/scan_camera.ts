// A code read by the tablet's camera, where the browser can: the same as a hand scanner types.
//
// Without scripts, without a camera or without BarcodeDetector the field is typed into, or a hand
// scanner types into it; where the browser cannot, that is said beside the field.

type Found = { rawValue: string };
type Detector = { detect(source: HTMLVideoElement): Promise<Found[]> };
type DetectorMaker = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
};

// What stands on packages of medicines, and on a clinic's own labels.
const WANTED = ["data_matrix", "qr_code", "code_128", "ean_13", "upc_a"];

// How often a picture is looked at, in milliseconds.
const LOOK_EVERY = 150;

const maker = (window as unknown as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;

function say(field: HTMLInputElement, words: string): HTMLElement {
  const note = document.createElement("span");
  note.className = "soft scan-note";
  note.textContent = words;
  field.after(note);
  return note;
}

async function read(field: HTMLInputElement, detector: Detector): Promise<void> {
  const dialog = document.createElement("dialog");
  dialog.className = "scan-dialog";
  dialog.setAttribute("aria-label", "Scan a code with the camera");
  const video = document.createElement("video");
  video.playsInline = true;
  video.muted = true;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close the camera";
  dialog.append(video, close);
  document.body.append(dialog);
  let stream: MediaStream | undefined;
  let looking = true;
  const end = (): void => {
    looking = false;
    stream?.getTracks().forEach((track) => track.stop());
    dialog.remove();
    field.focus();
  };
  close.addEventListener("click", end);
  dialog.addEventListener("cancel", end);
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    dialog.showModal();
    await video.play();
  } catch {
    end();
    say(field, "The camera could not be opened. Type the mark, or use a hand scanner.");
    return;
  }
  while (looking) {
    const found = await detector.detect(video).catch(() => [] as Found[]);
    const code = found[0]?.rawValue;
    if (looking && code) {
      field.value = code;
      end();
      // A hand scanner sends the form by its last key; the camera does the same.
      if (field.dataset.scan === "send" && field.form?.checkValidity()) field.form.requestSubmit();
      return;
    }
    await new Promise((next) => setTimeout(next, LOOK_EVERY));
  }
}

async function offer(field: HTMLInputElement): Promise<void> {
  if (!maker || !navigator.mediaDevices) {
    say(field, "This browser cannot read codes by camera: type, or use a hand scanner.");
    return;
  }
  const known = await maker.getSupportedFormats().catch(() => [] as string[]);
  const formats = WANTED.filter((format) => known.includes(format));
  if (formats.length === 0) {
    say(field, "This browser cannot read codes by camera: type, or use a hand scanner.");
    return;
  }
  const detector = new maker({ formats });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary scan-button";
  button.textContent = "Scan with the camera";
  button.addEventListener("click", () => void read(field, detector));
  field.after(button);
}

document.querySelectorAll<HTMLInputElement>("input[data-scan]").forEach((field) => void offer(field));
