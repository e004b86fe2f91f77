// @ts-check
/**
 * Tells vendors' tags, in their own ways, what the visitor allows: denied before any tag can run, then once for each
 * decision. It stands behind assent.js where the operator asks for it; what is refused is blocked all the same.
 */
(function signals(/** @type {string[]} */ names) {
  "use strict";

  const page = /** @type {any} */ (window);
  /** @typedef {(category: string) => boolean} Allows */
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
    // Its tag takes a function of this name for itself, so there is none before it.
    meta(allows) {
      page.fbq?.("consent", allows("advertisement") ? "grant" : "revoke");
    },
    matomo(allows, first) {
      const given = allows("analytics") ? "setConsentGiven" : "forgetConsentGiven";
      (page._paq ??= []).push([first ? "requireConsent" : given]);
    },
    wordpress(allows, first) {
      if (first) {
        page.wp_consent_type = "optin";
        document.dispatchEvent(new Event("wp_consent_type_defined"));
      } else {
        const kinds = { preferences: "functional", functional: "performance", marketing: "advertisement" };
        const all = { ...kinds, statistics: "analytics", "statistics-anonymous": "analytics" };
        for (const [kind, category] of Object.entries(all)) page.wp_set_consent?.(kind, allows(category) ? "allow" : "deny");
      }
    },
  };

  /** @param {boolean} first */
  function tell(first) {
    const granted = first ? [] : page.assent.state.granted;
    for (const name of names) vendors[name]?.((category) => granted.includes(category), first);
  }

  tell(true);
  if (page.assent.state.choice) tell(false);
  page.assent.on("change", () => tell(false));
})
