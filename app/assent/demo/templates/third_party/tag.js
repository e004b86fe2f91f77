// The third party's tag: writes its own cookie on the shop's host and reports the page view home.
(() => {
  const home = new URL(document.currentScript.src).origin;
  const known = /(?:^|; )_ga_DEMO=GS1\.(\d+)\.(\d+)/.exec(document.cookie);
  const started = known ? known[1] : Math.floor(Date.now() / 1000);
  const pages = known ? Number(known[2]) + 1 : 1;
  document.cookie = "_ga_DEMO=GS1." + started + "." + pages + "; path=/; max-age=63072000; samesite=lax";
  navigator.sendBeacon(home + "/beacon", JSON.stringify({ page: location.pathname, pages }));
  new Image().src = home + "/pixel.gif?page=" + encodeURIComponent(location.pathname);
})();
