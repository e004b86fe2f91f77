"""What other consent tools call their categories and services, and which of ours each speaks for."""

from collections.abc import Callable, Mapping

from assent.core.categories import NECESSARY_ONLY, Category

Names = Callable[[str], frozenset[Category]]
"""The categories that a name speaks for; none for a name that nobody knows."""

FUNCTIONAL = frozenset({Category.FUNCTIONAL})
ANALYTICS = frozenset({Category.ANALYTICS})
STATISTICS = frozenset({Category.ANALYTICS, Category.PERFORMANCE})
"""Most tools have one category for both: who comes, and how the site does."""
PERFORMANCE = frozenset({Category.PERFORMANCE})
ADVERTISEMENT = frozenset({Category.ADVERTISEMENT})

# Folded as ``folded`` does. A tag manager is missing on purpose: whoever allows one has not said for what.
_KNOWN: Mapping[frozenset[Category], str] = {
    NECESSARY_ONLY: """
        necessary essential essentials required mandatory strictlynecessary technical technicallynecessary
        klaro notwendig technisch essenziell nécessaires""",
    FUNCTIONAL: """
        functional functionality preferences preference personalization personalisation comfort convenience
        media video videos externalmedia embeds maps social socialmedia support chat funktional präferenzen
        komfort fonctionnels
        youtube youtubeplaylist youtubeapi vimeo dailymotion twitch spotify soundcloud deezer mixcloud
        googlemaps googlemapssearch googlemapsembed openstreetmap geoportail googlefonts typekit recaptcha
        hcaptcha friendlycaptcha calendly issuu prezi slideshare disqus zopim tawkto intercom intercomchat
        crisp uservoice smartsupp addtoanyshare sharethis addthis facebookpost facebooklikebox twitter
        twitterembed twittertimeline twitterwidgetsapi instagram""",
    STATISTICS: """
        analytics analytical statistics statistic stats measurement audience statistik statistiken
        statistiques mesure""",
    ANALYTICS: """
        googleanalytics googleanalytics4 ga ga4 gajs gtag multiplegtag universalanalytics matomo matomocloud
        matomohightrack matomoheatmap piwik piwikpro atinternet atinternethightrack pianoanalytics xiti
        xitismarttag wysistat hotjar clarity microsoftclarity plausible fathom simpleanalytics statcounter
        clicky etracker metrica yandexmetrica crazyegg contentsquare mixpanel amplitude heap posthog
        mouseflow smartlook fullstory adobeanalytics microanalytics kameleoon openwebanalytics""",
    PERFORMANCE: "performance dynatrace newrelic pingdom sentry speedcurve",
    ADVERTISEMENT: """
        advertisement advertisements advertising ads ad marketing targeting retargeting remarketing werbung
        publicité
        googleads googleadwords googleadwordsconversion googleadwordsremarketing googlepartners adsense
        googleadsense adsenseauto adsensesearch doubleclick facebookpixel fbpixel metapixel
        linkedininsighttag pinterestpixel tiktokpixel twitterpixel twitteruwt snapchatpixel bingads
        microsoftads microsoftadvertising criteo criteoonetag adform taboola outbrain outbrainamplify teads
        xandr thetradedesk amazonads klaviyo affilae kwanko shareasale""",
}


def folded(name: str) -> str:
    """Return a name as it is compared: "google_analytics" and "Google Analytics cookies" are one."""
    return "".join(filter(str.isalnum, name.casefold())).removesuffix("s").removesuffix("cookie")


_CATEGORIES = {folded(name): categories for categories, names in _KNOWN.items() for name in names.split()}


def naming(own: Mapping[str, Category]) -> Names:
    """Return what tells the categories of a name; ``own`` are the operator's, which come first."""
    table = {**_CATEGORIES, **{folded(name): frozenset({category}) for name, category in own.items()}}
    return lambda name: table.get(folded(name), frozenset())
