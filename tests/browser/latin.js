// Every text that a person reads or hears on the page, without what is typed by people and programs: addresses, codes,
// texts that say that they are in another language.
() => {
  const found = [];
  const skipped = "script, style, template, noscript, select[name$=currency], select[name^=currency], code, kbd, [translate=no], .avatar, textarea, [lang]:not(html):not([lang=ru])";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement && !node.parentElement.closest(skipped)) found.push(node.data);
  }
  for (const element of document.querySelectorAll("[title], [aria-label], [placeholder], [alt], [data-tip], [aria-description], input[type=submit]")) {
    if (element.closest(skipped.replace("textarea, ", ""))) continue;
    for (const attribute of ["title", "aria-label", "placeholder", "alt", "data-tip", "aria-description"]) {
      if (element.hasAttribute(attribute)) found.push(element.getAttribute(attribute));
    }
  }
  found.push(document.title);
  return found.map((text) => text.trim()).filter((text) => /[A-Za-z]/.test(text));
}
