// Swaps what changes on a slate's page while the slate is under way; without it, loading again does the same.
"use strict";

(() => {
  const live = document.getElementById("live");
  const freshness = document.getElementById("freshness");
  if (!live || !freshness) return;
  let every = Number(live.dataset.every);
  let seen = new Date();

  // Keep what somebody has opened or closed, and where the keyboard is, while a part is replaced.
  const swap = (old, fresh) => {
    if (old.innerHTML === fresh.innerHTML) return;
    const open = new Map([...old.querySelectorAll("details[data-key]")].map((d) => [d.dataset.key, d.open]));
    for (const details of fresh.querySelectorAll("details[data-key]")) {
      if (open.has(details.dataset.key)) details.open = open.get(details.dataset.key);
    }
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const links = (part) => [...part.querySelectorAll("a[href], summary, [tabindex]")];
    const place = focused ? links(old).indexOf(focused) : -1;
    old.className = fresh.className;
    old.replaceChildren(...fresh.childNodes);
    if (place >= 0) links(old)[place]?.focus({ preventScroll: true });
  };

  const look = async () => {
    const answer = await fetch(live.dataset.url, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = live.querySelector(`[data-part="${part.dataset.part}"]`);
      if (old) swap(old, part);
    }
    every = Number(fresh.dataset.every);
    seen = new Date();
  };

  const tick = async () => {
    if (!every) {
      freshness.textContent = "";
      return;
    }
    if (!document.hidden) {
      try {
        await look();
        freshness.textContent = every ? `Looks again by itself every ${every} seconds.` : "";
      } catch {
        freshness.textContent = `Not up to date since ${seen.toLocaleTimeString()}: the console does not answer. It tries again.`;
        every = Math.max(every, 30);
      }
    }
    setTimeout(tick, every * 1000);
  };
  setTimeout(tick, every * 1000);
})();
