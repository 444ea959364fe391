// <ui-upload>: a file input that also takes a dropped file, shows its name and sends the form at once if data-send is set.
class UiUpload extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input[type=file]");
    if (!input) return;
    const name = this.querySelector("[data-name]");
    const taken = () => {
      if (name && input.files[0]) name.textContent = input.files[0].name;
      if (this.dataset.send !== undefined && input.files[0]) input.form?.requestSubmit();
    };
    input.addEventListener("change", taken);
    for (const type of ["dragover", "dragenter"]) this.addEventListener(type, (event) => { event.preventDefault(); this.dataset.over = ""; });
    for (const type of ["dragleave", "drop"]) this.addEventListener(type, () => delete this.dataset.over);
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      taken();
    });
  }
}
customElements.define("ui-upload", UiUpload);
