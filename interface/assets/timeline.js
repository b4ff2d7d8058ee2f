// Behaviour of the result: play from where one clicks, a playhead that follows the sound, copying, links to other tabs.
const player = () => document.querySelector("#clip audio");
const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

function play(seconds) {
  const audio = player();
  if (!audio) return;
  audio.currentTime = seconds;
  audio.play().catch(() => {});
  follow();
}

let following = false;
function follow() {
  if (following) return;
  following = true;
  const step = () => {
    const audio = player(), plot = element.querySelector(".plot");
    if (audio && plot) {
      const duration = Number(element.querySelector(".timeline").dataset.duration);
      const now = Math.min(audio.currentTime, duration), head = plot.querySelector(".playhead");
      head.style.left = `${(100 * now) / duration}%`;
      head.classList.toggle("on", now > 0);
      plot.setAttribute("aria-valuenow", now.toFixed(1));
      plot.setAttribute("aria-valuetext", clock(now));
    }
    following = Boolean(audio && plot && !audio.paused);
    if (following) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
for (const name of ["play", "seeked"]) document.addEventListener(name, (e) => e.target === player() && follow(), true);

async function copy(button, text) {
  await navigator.clipboard.writeText(text).catch(() => {});
  const before = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = before), 1500);
}

element.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  let hit;
  if ((hit = at("[data-seek]"))) return play(Number(hit.dataset.seek));
  if ((hit = at("[data-copy]"))) return copy(hit, hit.closest(".snippet").querySelector("code").textContent);
  if ((hit = at("[data-link]"))) return copy(hit, `${location.origin}${location.pathname}?example=${hit.dataset.link}`);
  if ((hit = at(".plot"))) {
    const box = hit.getBoundingClientRect();
    play(((event.clientX - box.left) / box.width) * Number(hit.getAttribute("aria-valuemax")));
  }
});

element.addEventListener("keydown", (event) => {
  const audio = player();
  if (!event.target.matches(".plot") || !audio) return;
  const end = Number(event.target.getAttribute("aria-valuemax"));
  const to = { ArrowLeft: audio.currentTime - 1, ArrowRight: audio.currentTime + 1, Home: 0, End: end }[event.key];
  if (to !== undefined) audio.currentTime = Math.max(0, Math.min(end, to));
  else if (event.key === "Enter" || event.key === " ") audio.paused ? audio.play() : audio.pause();
  else return;
  event.preventDefault();
});
