// Keeps pages fresh. Every page works without this file: it only saves people from pressing reload.
'use strict';

// How long it still is, counted on.
const words = document.documentElement.lang.startsWith('zh')
  ? { left: s => '还剩 ' + s, over: s => '已超时 ' + s, d: ' 天 ', h: ' 小时 ', m: ' 分' }
  : { left: s => s + ' left', over: s => 'overdue by ' + s, d: ' d ', h: ' h ', m: ' min' };
const started = Date.now();
function count() {
  const passed = document.querySelector('.clock') ? 0 : Math.round((Date.now() - started) / 1000);
  for (const place of document.querySelectorAll('[data-seconds]')) {
    const rest = Number(place.dataset.seconds) - passed;
    const s = Math.abs(rest), d = Math.floor(s / 86400), h = Math.floor(s / 3600) % 24, m = Math.floor(s / 60) % 60;
    const text = d ? d + words.d + h + words.h : h ? h + words.h + m + words.m : m + words.m;
    place.textContent = rest < 0 ? words.over(text.trim()) : words.left(text.trim());
    place.classList.toggle('late', rest < 0);
  }
}
setInterval(count, 30000);

// A part of a page that is fetched again when its case changes, unless somebody is filling in a form there.
function watch(part) {
  if (!window.EventSource) return;
  const source = new EventSource(part.dataset.changes);
  const look = async () => {
    const now = document.getElementById(part.id);
    if (now.querySelector('details.act[open]') || now.contains(document.activeElement) && document.activeElement.form) return;
    const answer = await fetch(now.dataset.live, { headers: { accept: 'text/html' } });
    if (!answer.ok) return;
    const made = document.createElement('template');
    made.innerHTML = await answer.text();
    const open = [...now.querySelectorAll('details')].map(d => d.open);
    now.replaceWith(made.content.firstElementChild);
    document.getElementById(part.id).querySelectorAll('details').forEach((d, n) => { d.open = Boolean(open[n]); });
  };
  // Several lines of history are written at once: one look is enough for them.
  let soon = 0;
  const later = () => { clearTimeout(soon); soon = setTimeout(look, 150); };
  source.addEventListener('fact', later);
  source.addEventListener('reset', later);
}
document.querySelectorAll('[data-changes]').forEach(watch);

// A form is sent once, however often its button is pressed.
document.addEventListener('submit', event => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = 'yes';
});
window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(f => delete f.dataset.sent));
