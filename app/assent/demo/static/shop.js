// The shop's own script. Every page works without it: it only remembers teas and measures loading.
(() => {
  const tea = document.querySelector("[data-tea]");
  if (tea) {
    const stored = /(?:^|; )shop_recent=([a-z.]*)/.exec(document.cookie);
    const before = stored ? stored[1].split(".") : [];
    const slugs = [tea.dataset.tea, ...before.filter((slug) => slug && slug !== tea.dataset.tea)];
    document.cookie = "shop_recent=" + slugs.slice(0, 4).join(".") + "; path=/; max-age=2592000; samesite=lax";
  }

  addEventListener("load", () => {
    // The entry is complete only after the load handlers have run.
    setTimeout(() => {
      const [page] = performance.getEntriesByType("navigation");
      if (!page) return;
      document.cookie = "shop_timing=" + Math.round(page.duration) + "; path=/; max-age=86400; samesite=lax";
    });
  });
})();
