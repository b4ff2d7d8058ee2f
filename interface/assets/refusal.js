// Says in a sentence why the browser gives no microphone to the recording tab.
const place = element.querySelector(".alarm");
const words = JSON.parse(place.dataset.words);
document.addEventListener("microphone-refused", ({ detail }) => (place.textContent = words[detail] ?? words.other));
document.addEventListener("click", (event) => {
  const record = event.target.closest('#clip :is([aria-label="Record audio"], [data-english="Record audio"])');
  if (record) place.textContent = navigator.mediaDevices ? "" : words.insecure;
});
