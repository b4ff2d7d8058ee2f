// A button in the card opens another tab of the page, or asks again.
element.addEventListener("click", (event) => {
  const wanted = event.target.closest("[data-tab]")?.dataset.tab;
  [...document.querySelectorAll("[role=tab]")].find((tab) => tab.textContent.trim() === wanted)?.click();
  if (event.target.closest("[data-again]")) document.querySelector("#recognise").click();
});

// The examples of the answer and of its closest rival, to compare by ear; one sound at a time.
let example = null;
element.addEventListener("click", ({ target }) => {
  const wanted = target.closest("[data-hear]"), before = example;
  if (!wanted) return;
  for (const audio of [...document.querySelectorAll("audio"), ...(before ? [before.audio] : [])]) audio.pause();
  example = null;
  if (before?.wanted === wanted && wanted.ariaPressed === "true") return (wanted.ariaPressed = "false");
  const audio = new Audio(apiUrl(`file=${wanted.dataset.hear}`));
  example = { wanted, audio };
  for (const [event, plays] of [["play", true], ["pause", false]]) audio.addEventListener(event, () => (wanted.ariaPressed = plays));
  audio.addEventListener("timeupdate", () => wanted.isConnected || audio.pause()); // the card names another instrument now
  audio.play().catch(() => {});
});
document.addEventListener("play", () => example?.audio.pause(), true); // of the recording; the examples are not in the page
