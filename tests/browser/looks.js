// The looks of the texts in the open menu or dialog, else on the page, and for each a selector of one text that has it.
// Contrast follows from the ink, the size and the grounds below: what looks the same need not be judged twice.
() => {
  for (const element of document.querySelectorAll("[data-asked]")) delete element.dataset.asked;
  const place = document.querySelector(".menu:popover-open") ?? document.querySelector("dialog[open]") ?? document.body;
  const found = {};
  let asked = 0;
  const grounds = new Map();
  const clear = (color) => color === "rgba(0, 0, 0, 0)" || color === "transparent";
  const drawn = (rules) => (clear(rules.backgroundColor) ? "" : rules.backgroundColor) + (rules.backgroundImage === "none" ? "" : rules.backgroundImage);
  const ground = (element) => {
    let said = grounds.get(element);
    if (said === undefined) {
      const rules = getComputedStyle(element);
      const beside = ["::before", "::after"].map((part) => getComputedStyle(element, part)).filter((part) => part.content !== "none" && part.content !== "normal");
      said = [drawn(rules), rules.opacity === "1" ? "" : `o${rules.opacity}`, rules.filter === "none" ? "" : rules.filter,
        rules.mixBlendMode === "normal" ? "" : rules.mixBlendMode, ...beside.map((part) => `${drawn(part)}${part.position}${part.width}${part.height}`)].join("");
      grounds.set(element, said);
    }
    return said;
  };
  const below = (element, box) => {
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    const chain = x >= 0 && y >= 0 && x < innerWidth && y < innerHeight ? document.elementsFromPoint(x, y) : [];
    // Outside the window, and where something lies over it, the elements that hold it stand in.
    if (chain[0] !== element) for (let at = element; at; at = at.parentElement) chain.push(at);
    return chain.map(ground).filter(Boolean).join("|");
  };
  const ask = (element, look) => {
    if (look in found) return;
    element.dataset.asked = asked;
    found[look] = `[data-asked="${asked}"]`;
    asked += 1;
  };
  const judge = (element, box) => {
    const rules = getComputedStyle(element);
    const excused = element.closest(":disabled, [aria-disabled=true], [inert]") ? "off" : "";
    const ink = [rules.color, rules.fontSize, rules.fontWeight, rules.textShadow, rules.webkitTextStroke, rules.webkitTextFillColor];
    ask(element, [...ink, excused, below(element, box)].join(" "));
  };
  const seen = new Set();
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || seen.has(element)) continue;
    seen.add(element);
    if (!element.checkVisibility() || element.closest("script, style, template, svg, select, textarea")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getClientRects()[0];
    if (box) judge(element, box);
  }
  for (const control of place.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (control.checkVisibility()) judge(control, control.getBoundingClientRect());
  }
  return found;
}
