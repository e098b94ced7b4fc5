// What is wrong with the page as the browser laid it out: a list of sentences, empty if nothing is.
(() => {
  const found = [];
  const name = (e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') || ''}"> ${(e.textContent || '').trim().slice(0, 40)}`;
  const visible = (e) => e.checkVisibility ? e.checkVisibility({ visibilityProperty: true }) : true;
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Nothing may need horizontal scrolling but what scrolls by itself.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width || document.body.scrollWidth > width)
    found.push(`the page is ${document.documentElement.scrollWidth} wide on a screen of ${width}`);
  for (const e of all('main *')) {
    if (!visible(e) || e.closest('.scroll, pre, .spoken')) continue;
    const box = e.getBoundingClientRect();
    if (box.width > 0 && box.height > 0 && (box.right > width + 1 || box.left < -1)) found.push(`${name(e)} lies outside of the page: ${box.left} to ${box.right}`);
  }

  // Labels of plots do not overlap each other.
  for (const plot of all('.plot > svg')) {
    const texts = [...plot.querySelectorAll('text')].filter(visible);
    for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
      const a = texts[i].getBoundingClientRect(), b = texts[j].getBoundingClientRect();
      if (a.width && b.width && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
        found.push(`labels overlap: ${name(texts[i])} and ${name(texts[j])}`);
    }
  }

  // Every plot says in words what it shows; every other drawing is hidden from those who listen.
  for (const svg of all('svg')) {
    if (svg.parentElement.closest('svg') || svg.getAttribute('aria-hidden') === 'true') continue;
    const words = (svg.getAttribute('aria-labelledby') || '').split(' ').map((id) => document.getElementById(id)?.textContent.trim());
    if (svg.getAttribute('role') !== 'img' || words.length !== 2 || words.some((text) => !text)) found.push(`no text for ${name(svg)}`);
    if (!svg.closest('figure')?.querySelector('figcaption')) found.push(`no caption for ${name(svg)}`);
  }

  // One h1, no level left out, landmarks, captions, names for what is reached by the keyboard.
  const levels = all('h1, h2, h3, h4').map((h) => Number(h.tagName[1]));
  if (levels[0] !== 1 || levels.filter((l) => l === 1).length !== 1 || levels.some((l, i) => i && l > levels[i - 1] + 1)) found.push(`headings: ${levels}`);
  for (const landmark of ['header', 'main', 'footer']) if (all(landmark).length !== 1) found.push(`landmark ${landmark}`);
  for (const table of all('table')) if (!table.caption?.textContent.trim()) found.push(`no caption for ${name(table)}`);
  for (const table of all('table')) if (table.querySelector('tbody tr > :first-child:not(th[scope=row])')) found.push(`rows without a heading in ${name(table)}`);
  for (const section of all('section')) if (!document.getElementById(section.getAttribute('aria-labelledby'))) found.push(`no name for ${name(section)}`);
  for (const e of all('[tabindex="0"]')) if (!e.getAttribute('aria-label')) found.push(`no name for ${name(e)}`);
  for (const link of all('a[href^="#"]')) if (!document.getElementById(link.hash.slice(1))) found.push(`${link.hash} leads nowhere`);
  for (const use of all('use')) if (!document.getElementById(use.getAttribute('href').slice(1))) found.push(`${use.getAttribute('href')} is not there`);
  const ids = all('[id]').map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`two elements have the id ${id}`);

  // Nothing that text could have smuggled in.
  for (const e of all('script, img, iframe, object, embed, form, link, base, [data-evil], [onerror], [onmouseover], [style]')) found.push(`${name(e)} does not belong here`);
  for (const link of all('[href]')) if (!link.getAttribute('href').startsWith('#')) found.push(`a link leaves the page: ${link.getAttribute('href')}`);

  // Text can be read: contrast of at least 4.5.
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (rgb) => { const [r, g, b] = rgb.match(/[\d.]+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
  const opaque = (color) => color && !/rgba\(.*, 0\)|transparent/.test(color);
  const seen = new Set();
  for (const e of all('body *')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !visible(e) || e.closest('title, desc, defs, style')) continue;
    const style = getComputedStyle(e);
    const color = e.closest('svg') ? style.fill : style.color;
    let below = e;
    while (below && !opaque(getComputedStyle(below).backgroundColor)) below = below.parentElement;
    const ground = getComputedStyle(below || document.body).backgroundColor;
    const key = color + ground;
    if (seen.has(key)) continue;
    seen.add(key);
    const [a, b] = [light(color), light(ground)].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(`contrast of ${name(e)}: ${((a + 0.05) / (b + 0.05)).toFixed(2)}, ${color} on ${ground}`);
  }
  return found;
})()
