// What every page gains with JavaScript: panels close when one looks elsewhere, and forms that apply themselves
// hide their button (`.without-js`). Nothing here is needed to buy.
document.documentElement.classList.add("js");

const openPanels = () => document.querySelectorAll("details.pop[open]");

document.addEventListener("click", (event) => {
  for (const panel of openPanels()) {
    if (!panel.contains(event.target)) panel.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const panel of openPanels()) {
    panel.open = false;
    panel.querySelector("summary").focus();
  }
  document.getElementById("suggestions")?.replaceChildren();
});

// Lists swap in place (htmx). Empty fields of the filter form stay out of the address, open panels stay open.
let openDetails = [];

document.addEventListener("htmx:configRequest", (event) => {
  const fields = event.detail.formData;
  for (const name of ["min", "max", "sort"]) {
    if (fields.get(name) === "") fields.delete(name);
  }
});

document.addEventListener("htmx:beforeSwap", () => {
  openDetails = [...document.querySelectorAll("#listing details[open]")].map((panel) => panel.id);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of openDetails) document.getElementById(id)?.setAttribute("open", "");
});
