// What a visitor could press, and where it stands: returns {panels, controls} as facts, and the elements beside them.
// Called in each frame; sees open shadow trees.
() => {
  const MARK = /cookie|consent|cmp\b|gdpr|privacy|cky-|onetrust|didomi|usercentrics|borlabs|iubenda|cookiebot/i;
  const TEXT = 6000;
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (
        element.matches(
          "button, a[href], a[role], a[onclick], summary, input:not([type=hidden]), [role=button], [role=switch], [role=checkbox], [role=link][tabindex], [onclick]"
        )
      )
        found.push(element);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);

  const above = (element) => element.parentElement ?? (element.getRootNode() instanceof ShadowRoot ? element.getRootNode().host : null);
  const words = (element) => (element.innerText ?? element.textContent ?? "").replace(/\s+/g, " ").trim();
  const mark = (element) => `${element.id} ${element.getAttribute?.("class") ?? ""}`;
  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    const named = by && by.split(/\s+/).map((id) => element.getRootNode().getElementById?.(id)).filter(Boolean).map(words).join(" ");
    const label = element.labels?.length ? words(element.labels[0]) : "";
    const own = element.getAttribute("aria-label") || named || label || words(element);
    return (own || element.value || element.title || element.querySelector?.("img[alt]")?.alt || "").trim().slice(0, 200);
  };
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    if (!element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }))
      // A switch is often a hidden box with a label that is drawn.
      return element.matches("input[type=checkbox]") && element.labels?.length > 0 && shown(element.labels[0]);
    return box.width > 0 && box.height > 0;
  };
  const here = location.href.split("#")[0];
  const leads = ({ href, protocol }) => (/^https?:$/.test(protocol) && href.split("#")[0] !== here ? href : "");
  const fixed = (element) => ["fixed", "sticky"].includes(getComputedStyle(element).position);
  const panelOf = (element) => {
    let best = null;
    for (let at = above(element); at && at !== document.body && at !== document.documentElement; at = above(at)) {
      if (at.matches("dialog, [role=dialog], [role=alertdialog]")) return at;
      if (fixed(at) || at.matches("[role=region]") || MARK.test(mark(at))) best = at;
    }
    return best;
  };
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const hex = ([red, green, blue]) => "#" + [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
  const behind = (element) => {
    for (let at = element; at; at = above(at)) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 127) return hex(colour);
    }
    return "#ffffff";
  };

  const panels = [];
  const controls = [];
  const elements = [];
  for (const element of found) {
    if (!shown(element)) continue;
    const panel = panelOf(element);
    if (panel && !panels.includes(panel)) panels.push(panel);
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const role = element.getAttribute("role");
    const toggle = element.matches("input[type=checkbox], input[type=radio], [role=switch], [role=checkbox]");
    const own = rgba(style.backgroundColor)[3] > 25;
    const outlined = parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none" && rgba(style.borderTopColor)[3] > 25;
    controls.push({
      name: nameOf(element),
      tag: element.localName === "input" ? `input ${element.type}` : role || element.localName,
      panel: panels.indexOf(panel),
      width: box.width,
      height: box.height,
      font_size: parseFloat(style.fontSize),
      weight: parseInt(style.fontWeight) || 400,
      colour: hex(rgba(style.color)),
      back: behind(element),
      fill: own ? hex(rgba(style.backgroundColor)) : "",
      filled: own || outlined,
      in_view: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      reachable: element.tabIndex >= 0,
      toggle,
      checked: toggle && (element.checked ?? element.getAttribute("aria-checked") === "true"),
      disabled: element.disabled === true || element.getAttribute("aria-disabled") === "true",
      marks: `${mark(element)} ${element.dataset.ckyTag ?? ""} ${element.name ?? ""}=${element.value ?? ""}`.slice(0, 300),
      href: element.localName === "a" ? leads(element) : "",
    });
    elements.push(element);
  }
  const facts = panels.map((panel) => {
    const box = panel.getBoundingClientRect();
    const inner = [...panel.querySelectorAll("*")].filter((part) => fixed(part)).map((part) => part.getBoundingClientRect());
    const right = Math.max(box.right, ...inner.map((part) => part.right));
    return {
      text: words(panel).slice(0, TEXT),
      label: panel.getAttribute("aria-label") || panel.querySelector("h1, h2, h3, [role=heading]")?.innerText?.trim() || "",
      lang: panel.closest("[lang]")?.lang ?? "",
      covers: (Math.max(0, Math.min(box.right, innerWidth) - Math.max(box.left, 0)) * Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0))) / (innerWidth * innerHeight),
      fixed: fixed(panel) || panel.matches("dialog[open], [role=dialog], [role=alertdialog]"),
      marks: mark(panel),
      own: panel.closest("#assent") !== null || panel.id === "assent",
      overflows: right > innerWidth + 1,
    };
  });
  return { facts: { panels: facts, controls, lang: document.documentElement.lang }, elements };
}
