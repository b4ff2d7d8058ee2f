// Runs once, before the page's components.

// Gradio names its upload areas differently from what is written in them, which confuses those who speak to their computer.
new MutationObserver(() => {
  for (const area of document.querySelectorAll(".upload-container[aria-label]")) if (area.textContent.trim()) area.removeAttribute("aria-label");
  for (const table of document.querySelectorAll("#about table:not([tabindex])")) table.tabIndex = 0; // it scrolls on a phone
  for (const input of document.querySelectorAll("#clip input[type=file][accept]")) input.removeAttribute("accept"); // see any-file.js
}).observe(document, { childList: true, subtree: true });

// Browsers filter what a microphone hears for speech; music must come unfiltered. On the prototype, because WebKit forgets
// what is written on `navigator.mediaDevices` itself.
(() => {
  const devices = window.MediaDevices?.prototype; // absent where the page is not secure
  if (!devices || devices.unfiltered) return;
  const original = (devices.unfiltered = devices.getUserMedia);
  devices.getUserMedia = async function (wanted) {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const audio = wanted.audio && { ...plain, ...(wanted.audio === true ? {} : wanted.audio) };
    try {
      return await original.call(this, { ...wanted, audio });
    } catch (error) {
      // WebKit says this as well where there is no microphone at all.
      const missing = error.name === "OverconstrainedError" && !audio?.deviceId;
      const told = missing ? new DOMException(error.message, "NotFoundError") : error;
      document.dispatchEvent(new CustomEvent("microphone-refused", { detail: told.name }));
      throw told;
    }
  };
})();
