// Runs once, before the page's components.

// Gradio names its upload areas differently from what is written in them, which confuses those who speak to their computer.
new MutationObserver(() => {
  for (const area of document.querySelectorAll(".upload-container[aria-label]")) if (area.textContent.trim()) area.removeAttribute("aria-label");
  for (const input of document.querySelectorAll("#clip input[type=file][accept]")) input.removeAttribute("accept"); // see any-file.js
}).observe(document, { childList: true, subtree: true });

// Browsers filter what a microphone hears for speech; music must come unfiltered.
(() => {
  const devices = navigator.mediaDevices;
  const tell = (name) => document.dispatchEvent(new CustomEvent("microphone-refused", { detail: name }));
  if (!devices || devices.instrumentModel) return;
  devices.instrumentModel = true;
  const original = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const audio = wanted.audio && { ...plain, ...(wanted.audio === true ? {} : wanted.audio) };
    try {
      return await original({ ...wanted, audio });
    } catch (error) {
      tell(error.name);
      throw error;
    }
  };
})();
