CookieConsent.run({
  // Hides from driven browsers unless told otherwise.
  hideFromBots: false,
  guiOptions: {
    consentModal: { layout: "bar", equalWeightButtons: true },
    preferencesModal: { layout: "box", equalWeightButtons: true },
  },
  categories: {
    necessary: { enabled: true, readOnly: true },
    functional: {},
    analytics: { autoClear: { cookies: [{ name: /^_ga/ }, { name: "_gid" }] } },
    performance: {},
    advertisement: {},
  },
  language: {
    default: "en",
    translations: {
      en: {
        consentModal: {
          title: "Your choice about cookies",
          description: "This shop needs some cookies to work. Others help us to remember, to count and to advertise; those wait for your word.",
          acceptAllBtn: "Accept All",
          acceptNecessaryBtn: "Reject All",
          showPreferencesBtn: "Customize",
          footer: '<a href="/privacy">Privacy policy</a>',
        },
        preferencesModal: {
          title: "Your choice about cookies",
          acceptAllBtn: "Accept All",
          acceptNecessaryBtn: "Reject All",
          savePreferencesBtn: "Save My Preferences",
          closeIconLabel: "Close",
          sections: [
            { title: "Necessary", description: "Signing in, the basket and safety.", linkedCategory: "necessary" },
            { title: "Functional", description: "Remembers language and how you like things.", linkedCategory: "functional" },
            { title: "Analytics", description: "Counts visits and shows which pages help.", linkedCategory: "analytics" },
            { title: "Performance", description: "Measures how fast pages are.", linkedCategory: "performance" },
            { title: "Advertisement", description: "Shows offers that fit you, here and elsewhere.", linkedCategory: "advertisement" },
          ],
        },
      },
    },
  },
});
