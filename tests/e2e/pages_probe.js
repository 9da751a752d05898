// Runs in a page after it is laid out and leaves what it measured where --dump-dom shows it.
addEventListener("load", () => {
  const said = { wide: [], faint: [], unreachable: [], errors: [], skip: null, page: null };
  // contrast as WCAG 2 defines it
  const level = (part) => {
    const v = part / 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  const light = (c) => 0.2126 * level(c[0]) + 0.7152 * level(c[1]) + 0.0722 * level(c[2]);
  const numbers = (text) => {
    const found = text.match(/[\d.]+/g).map(Number);
    return found.length > 3 ? found : [...found, 1];
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return [255, 255, 255, 1];
  };
  const name = (e) => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 12)}`;
  try {
    for (const d of document.querySelectorAll("details")) d.open = true;
    const width = document.documentElement.clientWidth;
    said.page = document.documentElement.scrollWidth - width;
    for (const e of document.querySelectorAll("body *")) {
      const box = e.getBoundingClientRect();
      if (box.right > width + 1 && !e.closest(".wide, .skip")) said.wide.push(name(e));
      const speaks = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
      if (!speaks || !box.width || e.closest("svg")) continue;
      const [a, b] = [light(numbers(getComputedStyle(e).color)), light(behind(e))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < 4.5) said.faint.push(`${contrast.toFixed(2)} ${name(e)}`);
    }
    for (const e of document.querySelectorAll("a, summary, .wide")) {
      e.focus();
      if (document.activeElement !== e) said.unreachable.push(name(e));
    }
    const skip = document.querySelector(".skip");
    skip.focus();
    said.skip = skip.getBoundingClientRect().left >= 0;
  } catch (error) {
    said.errors.push(String(error));
  }
  const out = document.createElement("pre");
  out.id = "probe";
  out.textContent = JSON.stringify(said);
  document.body.replaceChildren(out);
});
