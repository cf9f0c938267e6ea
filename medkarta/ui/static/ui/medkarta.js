/* Makes pages smoother. Everything works without it: it only adds to plain links and forms. */
"use strict";

(() => {
  const each = (root, selector, act) => root.querySelectorAll(selector).forEach(act);

  /* A script that could move things asks this first. */
  const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* «Ещё»: the rest of the page is inert while the sheet is open; Escape closes it and gives the focus back. */
  const watchSheet = (details) => {
    const bar = details.closest(".mk-bar");
    const rest = () => [
      ...document.querySelectorAll(".mk-skip, .mk-vis, .mk-side"),
      ...[...bar.parentElement.children].filter((element) => element !== bar),
    ];
    details.addEventListener("toggle", () => {
      rest().forEach((element) => { element.inert = details.open; });
    });
    details.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && details.open) {
        details.open = false;
        details.querySelector("summary").focus();
      }
    });
  };

  /* Lists of persons and folded menus close on Escape too. */
  const watchMenu = (details) => {
    details.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && details.open) {
        details.open = false;
        details.querySelector("summary").focus();
      }
    });
  };

  /* Announcements: one at a time, paused by pointer, focus, its button and the wish for less motion. */
  const rotate = (root) => {
    const slides = [...root.querySelectorAll("[data-mk-slide]")];
    const dots = [...root.querySelectorAll("[data-mk-dot]")];
    const button = root.querySelector("[data-mk-pause]");
    if (slides.length < 2 || !button) return;
    let current = Math.max(0, slides.findIndex((slide) => !slide.hidden));
    let isPaused = isStill();
    let isHeld = false;
    const show = (index) => {
      current = (index + slides.length) % slides.length;
      slides.forEach((slide, place) => { slide.hidden = place !== current; });
      dots.forEach((dot, place) => {
        if (place === current) dot.setAttribute("aria-current", "true");
        else dot.removeAttribute("aria-current");
      });
      root.setAttribute("aria-labelledby", slides[current].querySelector("[id]").id);
    };
    const press = () => button.setAttribute("aria-pressed", String(isPaused));
    button.hidden = false;
    press();
    button.addEventListener("click", () => { isPaused = !isPaused; press(); });
    dots.forEach((dot, place) => dot.addEventListener("click", (event) => {
      event.preventDefault();
      isPaused = true;
      press();
      show(place);
    }));
    root.addEventListener("mouseenter", () => { isHeld = true; });
    root.addEventListener("mouseleave", () => { isHeld = false; });
    root.addEventListener("focusin", () => { isHeld = true; });
    root.addEventListener("focusout", () => { isHeld = false; });
    window.setInterval(() => {
      if (!isPaused && !isHeld && !document.hidden && root.isConnected) show(current + 1);
    }, 8000);
  };

  /* A form of filters is sent as soon as a choice is made; without a text to type its button has nothing left to do. */
  const sendOnChoice = (form) => {
    if (!form.querySelector("input[type=search]")) {
      each(form, "button", (button) => { button.hidden = true; });
    }
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=date]")) form.requestSubmit();
    });
  };

  /* A button that sends a form is pressed once: a second tap must not send it again. One whose answer is a file
     (data-mk-again) leaves its page where it is, to be sent again. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "mkAgain" in form.dataset) return;
    if (form.dataset.mkSent) event.preventDefault();
    form.dataset.mkSent = "1";
    window.setTimeout(() => { delete form.dataset.mkSent; }, 5000);
  });

  /* A held time: what is left of it, each second; when it is over, the page says so itself. */
  const countDown = (clock) => {
    const ends = Date.now() + Number(clock.dataset.mkCountdown) * 1000;
    const meter = clock.closest(".mk-hold").querySelector(".mk-meter .on");
    const tick = () => {
      const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
      clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (meter) meter.setAttribute("width", `${Math.min(100, left / 3)}%`);
      if (left || !clock.isConnected) return;
      window.clearInterval(timer);
      window.location.replace(clock.dataset.mkOver);
    };
    const timer = window.setInterval(tick, 1000);
    tick();
  };

  const start = (root) => {
    each(root, "[data-mk-countdown]", countDown);
    each(root, ".mk-bar details", watchSheet);
    each(root, ".mk-pstack, .mk-menu", watchMenu);
    each(root, "[data-mk-rotate]", rotate);
    each(root, "form[data-mk-auto]", sendOnChoice);
    each(root, "[data-mk-print]", (button) => {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    });
    const summary = root.querySelector("[data-mk-focus]");
    if (summary) summary.focus();
  };

  /* A page that Back brings out of the cache may be sent again. */
  window.addEventListener("pageshow", () => each(document, "form[data-mk-sent]", (form) => { delete form.dataset.mkSent; }));
  document.addEventListener("htmx:after:swap", (event) => {
    const part = event.target instanceof Element ? event.target : null;
    if (part) start(part);
  });
  start(document);
})();
