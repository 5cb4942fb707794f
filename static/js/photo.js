/* Cutting a photograph to two inches: form[data-photo] with a file field and hidden left, top, width (fractions of the
   upright picture). Without this script the server takes the middle. A picture may also be pasted into the page. */
(function () {
  "use strict";
  const { ready, all, announce } = window.portal;

  function start(form) {
    const input = form.querySelector("input[type=file]");
    const box = form.querySelector("[data-photo-cut]");
    const canvas = box.querySelector("canvas");
    const zoom = box.querySelector("[data-photo-zoom]");
    const field = (name) => form.querySelector("[name=" + name + "]");
    let picture = null;
    let centre = { x: 0.5, y: 0.5 };
    let held = null;

    /* The part under the frame, in pixels of the picture. */
    function part() {
      const shape = canvas.width / canvas.height;
      const widest = Math.min(picture.width, picture.height * shape);
      const width = widest / Number(zoom.value);
      const height = width / shape;
      const left = Math.min(Math.max(centre.x * picture.width - width / 2, 0), picture.width - width);
      const top = Math.min(Math.max(centre.y * picture.height - height / 2, 0), picture.height - height);
      centre = { x: (left + width / 2) / picture.width, y: (top + height / 2) / picture.height };
      return { left, top, width, height };
    }
    function draw() {
      if (!picture) return;
      const cut = part();
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, cut.left, cut.top, cut.width, cut.height, 0, 0, canvas.width, canvas.height);
      field("left").value = (cut.left / picture.width).toFixed(5);
      field("top").value = (cut.top / picture.height).toFixed(5);
      field("width").value = (cut.width / picture.width).toFixed(5);
    }
    function move(x, y) {
      const cut = part();
      centre.x -= x * cut.width / canvas.width / picture.width;
      centre.y -= y * cut.height / canvas.height / picture.height;
      draw();
    }
    function forget() {
      picture = null;
      box.hidden = true;
      ["left", "top", "width"].forEach((name) => { field(name).value = ""; });
    }
    function open() {
      const file = input.files[0];
      forget();
      if (!file) return;
      createImageBitmap(file).then((bitmap) => {
        picture = bitmap;
        centre = { x: 0.5, y: 0.5 };
        zoom.value = 1;
        box.hidden = false;
        draw();
        announce("照片已打开，可以选取部分");
      }, forget);   // the server says what is wrong with it
    }

    input.addEventListener("change", open);
    zoom.addEventListener("input", draw);
    canvas.addEventListener("pointerdown", (event) => {
      held = { x: event.clientX, y: event.clientY };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held || !picture) return;
      const scale = canvas.width / canvas.getBoundingClientRect().width;
      move((event.clientX - held.x) * scale, (event.clientY - held.y) * scale);
      held = { x: event.clientX, y: event.clientY };
    });
    ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => { held = null; }));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom.value = Number(zoom.value) * (event.deltaY < 0 ? 1.1 : 0.9);
      draw();
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [8, 0], ArrowRight: [-8, 0], ArrowUp: [0, 8], ArrowDown: [0, -8] };
      if (!picture || !(event.key in steps || "+=-".includes(event.key))) return;
      event.preventDefault();
      if (event.key in steps) {
        move(...steps[event.key]);
      } else {
        zoom.value = Number(zoom.value) * (event.key === "-" ? 0.9 : 1.1);
        draw();
      }
    });
    document.addEventListener("paste", (event) => {
      const file = Array.from(event.clipboardData.files).find((one) => one.type.startsWith("image/"));
      if (!file) return;
      event.preventDefault();
      const kept = new DataTransfer();
      kept.items.add(file);
      input.files = kept.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  ready((root) => all(root, "form[data-photo]").forEach(start));
})();
