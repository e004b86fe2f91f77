"""What the shop sells and writes about: the teas and the journal, as data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tea:
    """One tea: 100 grams cost ``cents`` (euro), ``water`` is in degrees Celsius, ``minutes`` in words."""

    slug: str
    name: str
    kind: str
    origin: str
    taste: str
    story: str
    cents: int
    water: int
    minutes: str

    @property
    def price(self) -> str:
        """The price as the pages show it."""
        return euros(self.cents)


@dataclass(frozen=True, slots=True)
class Article:
    """One journal entry; its text is the template ``journal_<slug>.html``."""

    slug: str
    title: str
    teaser: str
    reading: str


def euros(cents: int) -> str:
    """Write an amount of euro cents for a reader, such as ``€14.50``."""
    return f"€{cents // 100}.{cents % 100:02d}"


TEAS: Mapping[str, Tea] = {
    tea.slug: tea
    for tea in (
        Tea(
            "darjeeling",
            "First Flush Darjeeling",
            "Black",
            "West Bengal, India",
            "Green almond, muscat grape",
            "Picked in the last week of March, when the bushes wake up after the cold. The leaf is withered "
            "hard and oxidised so little that the cup stays pale gold. We buy one small lot each spring, and "
            "when it is gone it is gone.",
            1450,
            85,
            "3",
        ),
        Tea(
            "sencha",
            "Morning Rain Sencha",
            "Green",
            "Shizuoka, Japan",
            "Fresh peas, sea air",
            "Steamed within the hour, rolled into dark needles, and packed before the week is over. Let the "
            "kettle stand a while before you pour: cooler water keeps it sweet. A second steeping of half a "
            "minute is often the better one.",
            1280,
            70,
            "1½",
        ),
        Tea(
            "oolong",
            "Stone Terrace Oolong",
            "Oolong",
            "Wuyi Mountains, China",
            "Roasted chestnut, orchid",
            "The bushes root in cracks of the rock and are roasted slowly over charcoal in early autumn. The "
            "tin smells of warm bread; the fifth cup still smells of flowers. Use more leaf and less time "
            "than you think.",
            1890,
            95,
            "½",
        ),
        Tea(
            "assam",
            "Brass Kettle Assam",
            "Black",
            "Brahmaputra valley, India",
            "Malt, dark honey",
            "A broad-shouldered tea for a grey morning, with plenty of golden tips. It stands up to milk and "
            "does not mind being forgotten in the pot for a minute longer. The one we drink while we pack "
            "parcels.",
            940,
            98,
            "4",
        ),
        Tea(
            "rooibos",
            "Late Sun Rooibos",
            "Herbal",
            "Cederberg, South Africa",
            "Vanilla, red apple",
            "Not a tea bush at all but a low red shrub that grows in one range of mountains only. It has no "
            "caffeine, so it suits the hour after dinner, and it never turns bitter however long it steeps.",
            720,
            100,
            "7",
        ),
        Tea(
            "white",
            "Quiet Snow White",
            "White",
            "Fujian, China",
            "Melon, cut hay",
            "Only the unopened buds, still covered in silver down, laid out to dry and otherwise left alone. "
            "The gentlest tea we keep. It looks like almost nothing in the cup, and then it stays with you.",
            2160,
            80,
            "5",
        ),
    )
}

JOURNAL: Mapping[str, Article] = {
    article.slug: article
    for article in (
        Article(
            "water",
            "Most of tea is water",
            "Why a leaf tastes flat in one town and bright in the next, and what a jug can do about it.",
            "4 minutes",
        ),
        Article(
            "pouring",
            "How to pour from a height",
            "A short film from our kitchen table, and the three mistakes that everybody makes at first.",
            "2 minutes, with a film",
        ),
    )
}
