// @ts-check
/**
 * Tells vendors' tags, in their own ways, what the visitor allows: denied before any tag can run, then once for each
 * decision. It stands behind assent.js where the operator asks for it; what is refused is blocked all the same.
 */
(function signals(/** @type {string[]} */ names) {
  "use strict";

  const page = /** @type {any} */ (window);
  /** @typedef {(category: string) => boolean} Allows */
  /** Settles once the scripts that stand in the page have run. @type {Promise<unknown>} */
  const parsed = new Promise((resolve) => {
    if (document.readyState === "complete") resolve(0);
    else addEventListener("DOMContentLoaded", resolve, { once: true });
  });
  /** What Meta's tag is to hear, and what it has heard. */
  let [consent, heard] = ["revoke", ""];
  /** @param {boolean} allowed */
  const word = (allowed) => (allowed ? "granted" : "denied");

  /** @type {Record<string, (allows: Allows, first: boolean) => void>} */
  const vendors = {
    // Consent Mode v2, all seven keys, for what is not named counts as granted.
    google(allows, first) {
      const [ads, analytics, functional] = ["advertisement", "analytics", "functional"].map((each) => word(allows(each)));
      page.dataLayer ??= [];
      /** A command is told from an event by being the arguments of a call. @param {...any} _ */
      function gtag(..._) {
        page.dataLayer.push(arguments);
      }
      gtag("consent", first ? "default" : "update", {
        ad_storage: ads,
        ad_user_data: ads,
        ad_personalization: ads,
        analytics_storage: analytics,
        functionality_storage: functional,
        personalization_storage: functional,
        security_storage: "granted",
      });
    },
    // UET and Clarity.
    microsoft(allows, first) {
      const [ads, analytics] = ["advertisement", "analytics"].map((each) => word(allows(each)));
      (page.uetq ??= []).push("consent", first ? "default" : "update", { ad_storage: ads });
      page.clarity ??= function () {
        (page.clarity.q ??= []).push(arguments);
      };
      page.clarity("consentv2", { ad_Storage: ads, analytics_Storage: analytics });
    },
    meta(allows, first) {
      consent = allows("advertisement") ? "grant" : "revoke";
      if (first) meet(page.fbq);
      // Whoever looks at it makes it hear the first word, which may be this one.
      const fbq = page.fbq;
      if (fbq && heard !== consent) fbq("consent", (heard = consent));
    },
    matomo(allows, first) {
      const given = allows("analytics") ? "setConsentGiven" : "forgetConsentGiven";
      (page._paq ??= []).push([first ? "requireConsent" : given]);
    },
    // Its script and those that listen to it come after this one.
    wordpress(allows, first) {
      if (first) page.wp_consent_type = "optin";
      parsed.then(() => {
        if (first) document.dispatchEvent(new Event("wp_consent_type_defined"));
        const kinds = { preferences: "functional", functional: "performance", marketing: "advertisement" };
        const all = { ...kinds, statistics: "analytics", "statistics-anonymous": "analytics" };
        for (const [kind, category] of Object.entries(all)) {
          // Before a choice there is nothing to tell, unless an earlier one still stands there that has ended here.
          if (first && (page.assent.state.choice || !page.wp_has_consent?.(kind))) continue;
          page.wp_set_consent?.(kind, allows(category) ? "allow" : "deny");
        }
      });
    },
  };

  /**
   * Has Meta's tag hear its first word before any other command. The tag takes the name for a function of its own,
   * and only where that is free: so there is none until it is taken, and who then calls it looks it up first.
   * @param {any} fbq
   */
  function meet(fbq) {
    Object.defineProperty(page, "fbq", {
      configurable: true,
      enumerable: true,
      get() {
        if (!fbq || heard) return fbq;
        // The function may look itself up.
        heard = consent;
        try {
          fbq("consent", consent);
        } catch {
          // It is not whole yet.
          heard = "";
        }
        return fbq;
      },
      set(next) {
        fbq = next;
        heard = "";
      },
    });
  }

  /** @param {boolean} first */
  function tell(first) {
    const granted = first ? [] : page.assent.state.granted;
    for (const name of names) vendors[name]?.((category) => granted.includes(category), first);
  }

  tell(true);
  if (page.assent.state.choice) tell(false);
  page.assent.on("change", () => tell(false));
})
