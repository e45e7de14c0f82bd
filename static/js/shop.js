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
