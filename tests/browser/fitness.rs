//! Whether a page is fit for everybody: what a screen reader, a keyboard, weak eyes and a small screen need.

use serde_json::Value;

use crate::driver::Window;

/// Answers what is wrong with the page, one line each.
const EXAMINE: &str = r#"
const wrong = [];
const say = (what, e) => wrong.push(what + ': ' + (e ? e.outerHTML.slice(0, 120) : ''));
const seen = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
const name = e => (e.getAttribute('aria-label') || e.textContent || e.getAttribute('alt') || e.getAttribute('title') || '').trim();
if (!document.documentElement.lang) say('no language');
if (!document.title.trim()) say('no title');
if (document.querySelectorAll('h1').length !== 1) say('not one h1');
if (!document.querySelector('main')) say('no main');
let level = 1;
for (const h of document.querySelectorAll('main h1, main h2, main h3, main h4')) {
  const own = Number(h.tagName[1]);
  if (own > level + 1) say('a heading skips a level', h);
  level = own;
}
for (const e of document.querySelectorAll('a[href], button, summary')) if (seen(e) && !name(e)) say('nothing to read out', e);
for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
  if (!(e.labels && e.labels.length) && !e.getAttribute('aria-label')) say('no label', e);
for (const e of document.querySelectorAll('img:not([alt])')) say('no alternative', e);
for (const e of document.querySelectorAll('table th:not([scope])')) say('a heading of nothing', e);
for (const e of document.querySelectorAll('table')) if (!e.querySelector('th')) say('a table without headings', e);
for (const e of document.querySelectorAll('[tabindex]')) if (Number(e.getAttribute('tabindex')) > 0) say('its own order of focus', e);
for (const e of document.querySelectorAll('.scroll, .ladder-frame'))
  if (e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0 && !e.querySelector('a, button, input')) say('scrolls, but not by keyboard', e);
for (const e of document.querySelectorAll('button'))
  if (seen(e) && (e.getBoundingClientRect().height < 24 || e.getBoundingClientRect().width < 24)) say('too small to hit', e);
if (document.documentElement.scrollWidth > innerWidth + 1) say('wider than the window: ' + document.documentElement.scrollWidth);
const light = c => { const v = c.map(x => (x /= 255) <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
const rgb = t => { const n = (t.match(/[\d.]+/g) || []).map(Number); return n.length === 4 && n[3] === 0 ? null : n.slice(0, 3); };
const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c && c.length) return c; } return [255, 255, 255]; };
for (const e of document.querySelectorAll('body *:not(svg *)')) {
  if (!seen(e) || e.closest('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
  const style = getComputedStyle(e), front = light(rgb(style.color)), back = light(ground(e));
  const ratio = (Math.max(front, back) + .05) / (Math.min(front, back) + .05);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
  if (ratio < (large ? 3 : 4.5)) say('contrast ' + ratio.toFixed(2), e);
}
return [...new Set(wrong)].slice(0, 20);
"#;

/// Goes to a page and holds it against all of this, at the width of a desk and of a telephone.
pub async fn check(window: &Window, path: &str) {
    window.go(path).await;
    for width in [1280, 500] {
        window.width(width).await;
        let found = window.ask(EXAMINE).await;
        let found: Vec<&str> = found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert!(found.is_empty(), "{path} at {width} pixels:\n{}", found.join("\n"));
    }
}
