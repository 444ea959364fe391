// <ui-upload>: a file input that also takes a dropped file and shows its name; with data-send the form goes at once.
class UiUpload extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input[type=file]");
    if (!input || this.bound) return;
    this.bound = true;
    const name = this.querySelector("[data-name]");
    const taken = () => {
      const files = [...input.files];
      if (name) name.textContent = files.map((file) => file.name).join(", ");
      if (this.dataset.send !== undefined && files.length) input.form?.requestSubmit();
    };
    input.addEventListener("change", taken);
    for (const type of ["dragover", "dragenter"]) this.addEventListener(type, (event) => { event.preventDefault(); this.dataset.over = ""; });
    for (const type of ["dragleave", "drop"]) this.addEventListener(type, () => delete this.dataset.over);
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    taken();
  }
}
customElements.define("ui-upload", UiUpload);
