// Faults of the page as it is drawn now, as sentences: text that leaves its box, text that is cut without a way to read
// it, a page that scrolls sideways, a document without what every page must have. Run in the page by tests/browser.
(options) => {
  const faults = [];
  const seen = new Set();
  const say = (element, words) => {
    const sentence = `${words}: ${name(element)}`;
    if (!seen.has(sentence)) { seen.add(sentence); faults.push(sentence); }
  };
  const name = (element) => {
    const path = [];
    for (let at = element; at && at !== document.body && path.length < 3; at = at.parentElement) {
      const classes = typeof at.className === "string" && at.className.trim() ? `.${at.className.trim().replace(/\s+/g, ".")}` : "";
      path.unshift(`${at.localName}${at.id ? `#${at.id}` : ""}${classes}`);
    }
    const words = (element.innerText ?? element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 60);
    return `${path.join(" > ")} "${words}"`;
  };
  const top = [...document.querySelectorAll(".menu:popover-open")].at(-1) ?? [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const style = (element) => getComputedStyle(element);
  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const isUnseen = (element) => element.closest(".unseen, [hidden]") !== null;

  const scrolls = (value) => value === "auto" || value === "scroll";
  const clips = (value) => value === "hidden" || value === "clip";

  // The kit's tooltip says a cut text only where it knows the element, by data-tip or by its list of selectors.
  const isTold = (element) => {
    for (let at = element; at && at !== top; at = at.parentElement) {
      if (at.dataset?.tip || at.title || (options.cut && at.matches(options.cut))) return true;
    }
    return false;
  };
  const isEllipsis = (element) => style(element).textOverflow === "ellipsis" || style(element).webkitLineClamp !== "none";

  const texts = [];
  const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element || element.closest("svg, script, style, template, option, select, .tip") || isUnseen(element) || !isShown(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0.5 && box.height > 0.5);
    if (boxes.length) texts.push({ node, element, boxes });
  }

  for (const { element, boxes } of texts) {
    let left = Math.min(...boxes.map((box) => box.left)), right = Math.max(...boxes.map((box) => box.right));
    let upper = Math.min(...boxes.map((box) => box.top)), lower = Math.max(...boxes.map((box) => box.bottom));
    let sideways = true, upright = true;
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
      const rules = style(at);
      if (rules.display === "inline" || rules.display === "contents") continue;
      const box = at.getBoundingClientRect();
      const isVertical = rules.writingMode.startsWith("vertical");
      if (sideways && !isVertical && (right > box.right + 1.5 || left < box.left - 1.5)) {
        if (scrolls(rules.overflowX)) sideways = false;
        else if (clips(rules.overflowX)) {
          if (!isEllipsis(at)) say(element, "cut at the side without an ellipsis");
          else if (!isTold(element)) say(element, "cut by an ellipsis and told by no tooltip");
          sideways = false;
        } else if (rules.overflowX === "visible" && isBox(rules)) {
          say(element, `leaves its box sideways by ${Math.round(Math.max(right - box.right, box.left - left))} px (${at.localName}.${at.className})`);
          sideways = false;
        }
      }
      if (upright && (lower > box.bottom + 2.5 || upper < box.top - 2.5)) {
        if (scrolls(rules.overflowY)) upright = false;
        else if (clips(rules.overflowY) && lower - box.bottom > 0.4 * parseFloat(rules.lineHeight || "16")) {
          if (rules.webkitLineClamp === "none" || !isTold(element)) say(element, "cut below");
          upright = false;
        }
      }
      if (scrolls(rules.overflowX) && at.scrollWidth > at.clientWidth) sideways = false;
      if (scrolls(rules.overflowY) && at.scrollHeight > at.clientHeight) upright = false;
      // What is placed freely has no box around it but the window.
      if (rules.position === "fixed" || rules.position === "absolute") break;
    }
    if (sideways && right > innerWidth + 1.5) say(element, "runs out of the window");
  }

  // A box that people see as a box: with an edge, a ground or a place in a layout.
  function isBox(rules) {
    return ["block", "flex", "grid", "inline-block", "inline-flex", "inline-grid", "table-cell", "list-item"].includes(rules.display);
  }

  for (const element of top.querySelectorAll("*")) {
    if (!isShown(element) || isUnseen(element) || element.closest("svg")) continue;
    const rules = style(element);
    if (rules.overflowX === "visible" && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 && isBox(rules)
        && !rules.writingMode.startsWith("vertical") && hasWideText(element))
      say(element, `is ${element.scrollWidth - element.clientWidth} px wider than its box`);
  }
  function hasWideText(element) {
    const box = element.getBoundingClientRect();
    return texts.some(({ element: inner, boxes }) => element.contains(inner) && boxes.some((part) => part.right > box.right + 1.5) && !insideScroller(inner, element));
  }
  function insideScroller(inner, outer) {
    for (let at = inner; at && at !== outer; at = at.parentElement) if (style(at).overflowX !== "visible" || style(at).position === "absolute" || style(at).position === "fixed") return true;
    return false;
  }

  // Two texts on one place: nobody can read either.
  const spots = texts.flatMap(({ element, boxes }) => boxes.map((box) => ({ element, box: visiblePart(element, box) }))).filter(({ box }) => box !== null);
  function visiblePart(element, box) {
    let { left, right, top, bottom } = box;
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
      const rules = style(at);
      if (rules.overflowX === "visible" || rules.display === "inline" || rules.display === "contents") continue;
      const edge = at.getBoundingClientRect();
      left = Math.max(left, edge.left); right = Math.min(right, edge.right); top = Math.max(top, edge.top); bottom = Math.min(bottom, edge.bottom);
    }
    top = Math.max(top, 0); bottom = Math.min(bottom, innerHeight);
    return right - left > 1 && bottom - top > 1 ? { left, right, top, bottom } : null;
  }
  const isOnTop = (element, box) => {
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    const hit = document.elementFromPoint(x, y);
    return hit !== null && (element.contains(hit) || hit.contains(element));
  };
  // What floats has a ground of its own: a text that ends below it is covered, not mixed with another.
  const floating = (element) => element.closest(".bulk, .toasts, .guide");
  for (let one = 0; one < spots.length; one += 1) {
    for (let two = one + 1; two < spots.length && two < one + 60; two += 1) {
      const a = spots[one], b = spots[two];
      if (a.element === b.element || a.element.contains(b.element) || b.element.contains(a.element) || floating(a.element) !== floating(b.element)) continue;
      const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (wide > 3 && high > 5 && isOnTop(a.element, a.box) && isOnTop(b.element, b.box)) say(a.element, `lies over the text "${b.element.textContent.trim().slice(0, 40)}"`);
    }
  }

  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth + 1) faults.push(`the page scrolls sideways: ${page.scrollWidth} px wide in a window of ${innerWidth}`);
  if (document.querySelectorAll("[style]:not(.tip, .tip *, svg *)").length) {
    for (const element of document.querySelectorAll("[style]:not(.tip, svg *)")) if (options.inline && !element.matches(options.inline)) say(element, `has an inline style (${element.getAttribute("style")})`);
  }
  if (document.querySelectorAll("main").length !== 1) faults.push(`the page has ${document.querySelectorAll("main").length} main regions`);
  if (document.querySelectorAll("h1").length !== 1) faults.push(`the page has ${document.querySelectorAll("h1").length} headings of the first rank`);
  if (document.documentElement.lang !== options.language) faults.push(`the page says that its language is ${document.documentElement.lang || "unknown"}`);
  for (const image of document.images) if (image.complete && !image.naturalWidth) say(image, "is a picture that did not load");
  for (const use of top.querySelectorAll("svg use")) {
    const svg = use.closest("svg");
    if (!isShown(svg)) continue;
    const box = use.getBoundingClientRect();
    if (!box.width && !box.height) say(svg.parentElement, `holds an icon that does not show (${use.getAttribute("href")})`);
  }
  if (options.touch) {
    // Links inside text and names in lists are as high as their line (axe sees to 24 px); what is pressed to act is for thumbs.
    const targets = "button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=option], [role=tab], a.button, a.icon-button, a.place, a.view, a.row, .bottombar a, .menu a, .segmented a, .chip a, .rows a";
    for (const element of top.querySelectorAll(targets)) {
      if (!isShown(element) || isUnseen(element) || style(element).display === "inline") continue;
      const label = element.labels?.[0];
      const boxes = [element, label].filter(Boolean).map((found) => found.getBoundingClientRect());
      if (element.matches(".link")) continue;
      const high = Math.max(...boxes.map((box) => box.height)), wide = Math.max(...boxes.map((box) => box.width));
      if (high && (high < options.touch - 0.5 || wide < options.touch - 0.5) && !isReached(element, options.touch) && !isReachedInTheMiddle(element, options.touch)) say(element, `is a target of ${Math.round(wide)} × ${Math.round(high)} px`);
    }
  }
  // A target may be larger than it looks, by a pseudo-element or padding of its own: what counts is where a finger hits it.
  function isReached(element, size) {
    const box = element.getBoundingClientRect();
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2, reach = size / 2 - 2, near = 12;
    if (x < 0 || y < reach || x > innerWidth || y > innerHeight - reach) return true;
    // On one side a neighbour may come nearer, as long as half the reach stays.
    const sides = [[0, -1], [0, 1], [-1, 0], [1, 0]];
    return sides.every(([dx, dy]) => isHit(dx * near, dy * near)) && sides.filter(([dx, dy]) => isHit(dx * reach, dy * reach)).length >= 3;
    function isHit(dx, dy) {
      if (x + dx < 0 || x + dx > innerWidth) return true;
      const hit = document.elementFromPoint(x + dx, y + dy);
      return hit !== null && (element.contains(hit) || hit.contains(element) && hit.closest("label, td, li") === element.closest("label, td, li") && hit.matches("label, a, button") || Boolean(hit.closest("label")?.control === element));
    }
  }
  // What a bar covers at the edge is reached once it is scrolled to.
  function isReachedInTheMiddle(element, size) {
    element.scrollIntoView({ block: "center", behavior: "instant" });
    return isReached(element, size);
  }
  return faults;
}
