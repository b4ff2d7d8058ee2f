// Says in a sentence why the browser gives no microphone to the recording tab.
const place = element.querySelector(".alarm");
const words = { NotFoundError: place.dataset.missing, NotReadableError: place.dataset.busy };
document.addEventListener("microphone-refused", ({ detail }) => (place.textContent = words[detail] ?? place.dataset.denied));
document.addEventListener("click", (event) => {
  const record = event.target.closest('#clip button[aria-label="Record audio"]');
  if (record) place.textContent = navigator.mediaDevices ? "" : place.dataset.insecure;
});
