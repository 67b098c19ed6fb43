// Keeps the whole site in the browser, so that it opens without a network. The build puts FILES and VERSION in front.

const MINE = `workbook at ${registration.scope} `;
const NAME = MINE + VERSION;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)));
});

addEventListener("activate", (event) => {
  const older = (names) => names.filter((name) => name.startsWith(MINE) && name !== NAME);
  event.waitUntil(caches.keys().then((names) => Promise.all(older(names).map((name) => caches.delete(name)))));
});

addEventListener("fetch", (event) => {
  const kept = caches.open(NAME).then((cache) => cache.match(event.request));
  event.respondWith(kept.then((response) => response ?? fetch(event.request)));
});
