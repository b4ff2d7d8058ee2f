// Says in a sentence why the browser gives no microphone to the recording tab.
const place = element.querySelector(".alarm");
const say = (reason) => {
  const words = JSON.parse(place.dataset.words);
  place.textContent = words[reason] ?? words.other;
};
document.addEventListener("microphone-refused", ({ detail }) => say(detail));
document.addEventListener("click", (event) => {
  const record = event.target.closest('#clip :is([aria-label="Record audio"], [data-english="Record audio"])');
  if (!record) return;
  place.textContent = "";
  if (!navigator.mediaDevices) say("insecure");
});
