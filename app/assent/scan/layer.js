// What Assent's own layers hold, and how they are drawn: returns an object that eye.py asks, and that decides nothing.
() => {
  const PARTS = ["", "::before", "::after", "::first-letter", "::first-line"];
  // What is drawn for ears alone, as a sign, folded away, or as a table that may be scrolled.
  const SPARED = "[hidden], .assent-unseen, .assent-close, table, details:not([open]) > :not(summary), script, style";
  const ACTION = "[name=action]";
  const SPOTS = [[0.5, 0.5], [0.2, 0.3], [0.8, 0.3], [0.2, 0.7], [0.8, 0.7]];
  const kept = {};

  const above = function* (element, last) {
    for (let at = element; at; at = at.parentElement) {
      yield at;
      if (at === last) return;
    }
  };
  const spaced = (text) => text.replace(/\s+/g, " ").trim();
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (front, back, alpha) => [0, 1, 2].map((at) => Math.round(front[at] * alpha + back[at] * (1 - alpha)));
  const hex = (colour) => "#" + colour.slice(0, 3).map((part) => part.toString(16).padStart(2, "0")).join("");
  const box = ({ left, top, right, bottom }) => ({ left, top, right, bottom });

  /** The part of a box that nothing cuts off, and whether scrolling brings the rest. */
  const visible = (rect, element) => {
    let { left, top, right, bottom } = rect;
    let scrolls = document.documentElement.scrollHeight > innerHeight && !element.closest(".assent-ask, dialog");
    const cut = (edge) => {
      [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
      [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
    };
    for (const at of above(element)) {
      const { overflowX, overflowY } = getComputedStyle(at);
      if (overflowX === "visible" && overflowY === "visible") continue;
      if (at === document.body || at === document.documentElement) continue;
      if (/auto|scroll/.test(overflowY) && at.scrollHeight > at.clientHeight) scrolls = true;
      cut(at.getBoundingClientRect());
    }
    cut({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
    const inside = right - left >= 4 && bottom - top >= 4;
    const aside = rect.right <= 1 || rect.left >= innerWidth - 1;
    return { rect: inside ? { left, top, right, bottom } : null, seen: inside || (scrolls && !aside) };
  };
  /** Of all points, the share at which a press reaches the element, or what belongs to it. */
  const hit = (element, scroll) => {
    if (scroll) element.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = element.getBoundingClientRect();
    return SPOTS.every(([x, y]) => {
      const found = document.elementFromPoint(left + x * width, top + y * height);
      return element.contains(found) || (found?.closest("label")?.control ?? null) === element;
    });
  };
  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby")?.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    return spaced(element.getAttribute("aria-label") || by || element.labels?.[0]?.innerText || element.innerText || element.value || "");
  };
  const shut = (element) => element.matches(":disabled") || element.closest("[aria-hidden=true], [inert], [aria-disabled=true]") !== null;
  const settle = () => {
    for (const animation of document.getAnimations())
      if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
  };

  const button = (element, scroll) => ({
    action: element.matches(ACTION) ? element.value : "",
    name: nameOf(element),
    words: spaced(element.innerText || element.value || ""),
    hit: hit(element, scroll),
    shut: shut(element),
    focused: document.activeElement === element || element.autofocus,
    tab: element.tabIndex,
  });

  const drawnSwitch = (element) => {
    const style = getComputedStyle(element);
    const knob = getComputedStyle(element, "::before");
    const moved = new DOMMatrix(knob.transform === "none" ? "" : knob.transform).e + (parseFloat(knob.translate) || 0);
    return {
      own: style.appearance === "none",
      knob: (parseFloat(knob.insetInlineStart) || 0) + (style.direction === "rtl" ? -moved : moved),
      fill: hex(rgba(style.backgroundColor)),
      solid: rgba(style.backgroundColor)[3] > 25,
      picture: style.backgroundImage !== "none" || knob.backgroundImage !== "none" || style.maskImage !== "none",
    };
  };
  const toggle = (element) => {
    const was = element.checked;
    const seen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const facts = {
      value: element.value,
      kind: element.type,
      name: nameOf(element),
      checked: was || element.getAttribute("aria-checked") === "true",
      hit: element.type === "checkbox" && seen && hit(element, true),
      shut: shut(element),
      off: null,
      on: null,
      back: hex(behind(element.parentElement)[0]),
    };
    element.checked = false;
    settle();
    facts.off = drawnSwitch(element);
    element.checked = true;
    settle();
    facts.on = drawnSwitch(element);
    element.checked = was;
    settle();
    return facts;
  };

  /** What colour lies behind, and whether a picture might. */
  function behind(element) {
    const layers = [];
    let picture = false;
    for (const at of above(element)) {
      const style = getComputedStyle(at);
      picture ||= style.backgroundImage !== "none";
      const colour = rgba(style.backgroundColor);
      layers.push(colour);
      if (colour[3] === 255) break;
    }
    const ground = layers.reverse().reduce((back, front) => over(front, back, front[3] / 255), [255, 255, 255]);
    return [ground, picture];
  }

  const words = (top) => {
    const found = [];
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = spaced(node.data);
      const element = node.parentElement;
      if (!/[\p{L}\p{N}]/u.test(text) || element.closest(SPARED)) continue;
      const style = getComputedStyle(element);
      const range = document.createRange();
      range.selectNodeContents(node);
      const line = [...range.getClientRects()].find((rect) => rect.width > 1) ?? range.getBoundingClientRect();
      const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
      const place = visible(line, element);
      const [ground, picture] = behind(element);
      const colour = rgba(style.webkitTextFillColor);
      let alpha = colour[3] / 255;
      const effects = [];
      for (const at of above(element, document.getElementById("assent"))) {
        const one = getComputedStyle(at);
        alpha *= parseFloat(one.opacity);
        for (const property of ["filter", "maskImage", "mixBlendMode", "clipPath"])
          if (!/^(none|normal|(drop-shadow\((?:[^()]|\([^()]*\))*\) ?)+)$/.test(one[property])) effects.push(`${property}: ${one[property]}`);
      }
      found.push({
        text,
        size: Math.min(parseFloat(style.fontSize), line.height),
        colour: hex(over(colour, ground, alpha)),
        back: hex(ground),
        picture,
        effects,
        seen: shown && line.width > 1 && place.seen,
        rect: shown ? place.rect : null,
      });
    }
    return found;
  };

  const moving = (top) => document.getAnimations().flatMap((animation) => {
    const { target, pseudoElement } = animation.effect;
    if (!target || !(top.contains(target) || target.contains(top))) return [];
    const ends = animation.effect.getComputedTiming().endTime;
    return [{
      what: `${target.localName}${target.className && "." + target.className.split(" ")[0]}${pseudoElement ?? ""}`,
      name: animation.animationName ?? "",
      pressed: target.closest("button, input, label") !== null,
      seconds: Number.isFinite(ends) ? ends / 1000 : -1,
    }];
  });

  const one = (selector, action) => document.querySelector(selector)?.querySelector(`${ACTION}[value="${action}"]`) ?? null;
  /** How often something of Assent is at the points of a grid over the window. */
  const covers = () => {
    let inside = 0;
    for (let x = 0.5; x < 20; x++)
      for (let y = 0.5; y < 15; y++)
        inside += document.elementFromPoint((x / 20) * innerWidth, (y / 15) * innerHeight)?.closest("#assent") ? 1 : 0;
    return inside / 300;
  };

  return {
    settle,
    /** The facts of one layer; null where it is not there. */
    layer(selector, scroll) {
      const top = document.querySelector(selector);
      if (!top?.checkVisibility({ visibilityProperty: true })) return null;
      const moves = moving(top);
      settle();
      const share = covers();
      const buttons = [...top.querySelectorAll(`${ACTION}, .assent-open, .assent-more`)]
        .map((element) => button(element, scroll || element.value === "withdraw" || element.matches(".assent-more")));
      const held = new Set([...top.querySelectorAll("[name=category]"), ...[...top.querySelectorAll("form")].flatMap(({ elements }) => [...elements].filter(({ name }) => name === "category"))]);
      const switches = [...held].map(toggle);
      for (const element of [top, ...top.querySelectorAll("*")]) if (element.scrollTop) element.scrollTop = 0;
      scrollTo(0, 0);
      return { buttons, switches, words: words(top), moving: moves, covers: share };
    },
    /** Remembers how one button is drawn: what is around it alone, itself, and what is in it. */
    keep(key, selector, action) {
      const top = document.querySelector(selector);
      const [element, other] = [one(selector, action), one(selector, action === "accept_all" ? "reject_all" : "accept_all")];
      if (!element || !other) return null;
      const moves = moving(top);
      settle();
      const chain = [...above(element)].filter((at) => !at.contains(other));
      kept[key] = [...chain, ...element.querySelectorAll("*")].flatMap((at) => PARTS.map((part) => {
        const style = getComputedStyle(at, part || null);
        return [at.localName + part, Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)]))];
      }));
      return { moving: moves, rect: box(element.getBoundingClientRect()), hit: hit(element, false), focus: element.matches(":focus-visible") };
    },
    /** Where two that were remembered differ: part, property and both values. */
    differ(first, second) {
      const [one, other] = [kept[first], kept[second]];
      if (!one || !other || one.map(([part]) => part).join() !== other.map(([part]) => part).join()) return [["", "build", "", ""]];
      return one.flatMap(([part, style], at) => Object.keys(style).filter((name) => style[name] !== other[at][1][name]).map((name) => [part, name, style[name], other[at][1][name]]));
    },
    bring(selector, action) {
      one(selector, action)?.scrollIntoView({ block: "center", behavior: "instant" });
    },
    focus(selector, action) {
      one(selector, action)?.focus({ preventScroll: true });
    },
    /** Of each box in a picture of the window: its commonest colour, those that stand out, and how many pixels are white. */
    async read(png, boxes) {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (char) => char.charCodeAt(0))]));
      const sheet = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
      sheet.drawImage(bitmap, 0, 0);
      return boxes.map(({ left, top, right, bottom }) => {
        const [x, y] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))];
        const { data } = sheet.getImageData(x, y, Math.max(1, Math.ceil(right) - x), Math.max(1, Math.ceil(bottom) - y));
        const counts = new Map();
        for (let at = 0; at < data.length; at += 4) {
          const key = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        const colours = [...counts].sort((one, other) => other[1] - one[1]);
        return {
          pixels: data.length / 4,
          white: counts.get(0xffffff) ?? 0,
          colours: colours.slice(0, 400).map(([key, count]) => ["#" + key.toString(16).padStart(6, "0"), count]),
        };
      });
    },
    /** How many pixels of a box two pictures of the window differ in, so that an eye sees it. */
    async changed(first, second, { left, top, right, bottom }, margin) {
      const [one, other] = await Promise.all([first, second].map(async (png) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (char) => char.charCodeAt(0))]));
        const sheet = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
        sheet.drawImage(bitmap, 0, 0);
        return sheet.getImageData(Math.floor(left) - margin, Math.floor(top) - margin, Math.ceil(right - left) + 2 * margin, Math.ceil(bottom - top) + 2 * margin).data;
      }));
      let count = 0;
      for (let at = 0; at < one.length; at += 4)
        if ([0, 1, 2].some((part) => Math.abs(one[at + part] - other[at + part]) > 48)) count++;
      return count;
    },
    /** What the texts that ship say, from pages that were drawn without an owner's files. */
    shipped(banner, dialog) {
      const [first, second] = [banner, dialog].map((html) => new DOMParser().parseFromString(html, "text/html"));
      return {
        purposes: spaced(first.querySelector(".assent-words p:last-of-type").firstChild.data),
        labels: Object.fromEntries([...first.querySelectorAll(ACTION)].map((element) => [element.value, spaced(element.textContent)])),
        categories: Object.fromEntries([...second.querySelectorAll("[name=category]")].map((element) => [element.value, spaced(second.querySelector(`label[for="${element.id}"]`).textContent)])),
      };
    },
  };
}
