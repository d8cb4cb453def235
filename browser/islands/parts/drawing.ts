// A drawing by finger or pen, handed to the form's own file field: without this, a picture of the
// device is chosen there.

/** Lets a form's canvas be drawn on. */
export function drawOn(form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>(".drawing");
  const canvas = form.querySelector("canvas");
  const field = form.querySelector<HTMLInputElement>('input[type="file"]');
  const pen = canvas?.getContext("2d");
  if (!place || !canvas || !field || !pen) return;
  place.hidden = false;
  let drawn = false;

  const blank = (): void => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = "#18211f";
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    drawn = false;
    field.value = "";
  };
  blank();
  form.querySelector("[data-clear]")?.addEventListener("click", blank);

  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * canvas.width) / box.width,
      ((event.clientY - box.top) * canvas.height) / box.height,
    ];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  });
  form.addEventListener("submit", (event) => {
    if (!drawn || field.files?.length) return;
    event.preventDefault();
    canvas.toBlob((blob) => {
      if (!blob) return;
      const files = new DataTransfer();
      files.items.add(new File([blob], "drawing.png", { type: "image/png" }));
      field.files = files.files;
      form.submit();
    }, "image/png");
  });
}
