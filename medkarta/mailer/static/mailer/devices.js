/* The button that asks this browser for messages. Without it, or without script, the page works as before. */
"use strict";

(() => {
  const form = document.querySelector("[data-mk-device]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const status = document.querySelector("[data-mk-device-status]");
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")),
    (character) => character.charCodeAt(0),
  );

  const subscribe = async () => {
    const registration = await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
    const old = await registration.pushManager.getSubscription();
    if (old) await old.unsubscribe();
    return registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(form.dataset.mkDevice),
    });
  };

  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    try {
      if (await Notification.requestPermission() !== "granted") {
        status.textContent = form.dataset.mkDenied;
        return;
      }
      const found = (await subscribe()).toJSON();
      form.elements.endpoint.value = found.endpoint;
      form.elements.p256dh.value = found.keys.p256dh;
      form.elements.auth.value = found.keys.auth;
      form.requestSubmit();
    } catch {
      status.textContent = form.dataset.mkFailed;
    }
  });
})();
