var tarteaucitronForceLanguage = "en";
tarteaucitron.init({
  privacyUrl: "/privacy",
  bodyPosition: "top",
  hashtag: "#tarteaucitron",
  cookieName: "tarteaucitron",
  orientation: "bottom",
  groupServices: true,
  showDetailsOnClick: true,
  serviceDefaultState: "wait",
  showAlertSmall: false,
  cookieslist: false,
  showIcon: true,
  iconPosition: "BottomRight",
  adblocker: false,
  DenyAllCta: true,
  AcceptAllCta: true,
  highPrivacy: true,
  handleBrowserDNTRequest: false,
  removeCredit: true,
  moreInfoLink: true,
  useExternalCss: false,
  useExternalJs: false,
  mandatory: true,
});
// One service for each kind besides the necessary; none of them is in the page, so none is loaded.
tarteaucitron.services.functional = { key: "functional", type: "support", name: "Preferences", uri: "/privacy", needConsent: true, cookies: [], js() {} };
tarteaucitron.services.counter = { key: "counter", type: "analytic", name: "Counter", uri: "/privacy", needConsent: true, cookies: ["_ga", "_gid"], js() {} };
tarteaucitron.services.speed = { key: "speed", type: "api", name: "Speed", uri: "/privacy", needConsent: true, cookies: [], js() {} };
tarteaucitron.services.offers = { key: "offers", type: "ads", name: "Offers", uri: "/privacy", needConsent: true, cookies: [], js() {} };
(tarteaucitron.job = tarteaucitron.job || []).push("functional", "counter", "speed", "offers");
