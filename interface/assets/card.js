// A button in the card opens another tab of the page.
element.addEventListener("click", (event) => {
  const wanted = event.target.closest("[data-tab]")?.dataset.tab;
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  tabs.find((tab) => tab.textContent.trim() === wanted)?.click();
});
