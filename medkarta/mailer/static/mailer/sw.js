/* Shows messages on this device and leads to the portal. Keeps nothing but static files, whose names tell their
   content. */
"use strict";

const KEPT = "medkarta-static-1";
const HASHED = /^\/static\/.+\.[0-9a-f]{12}\.[a-z0-9]+$/;

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || !HASHED.test(url.pathname)) return;
  event.respondWith(
    caches.open(KEPT).then((kept) => kept.match(request).then((found) => found || fetch(request).then((answer) => {
      if (answer.ok) kept.put(request, answer.clone());
      return answer;
    }))),
  );
});

self.addEventListener("push", (event) => {
  const news = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(news.title || "Медкарта", {
      body: news.text || "",
      tag: news.id || "medkarta",
      data: { id: news.id || "" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { id } = event.notification.data || {};
  event.waitUntil(self.clients.openWindow(id ? `/notifications/${encodeURIComponent(id)}/` : "/notifications/"));
});
