"""What the buttons of banners are called, in the languages of the Union and a few more."""

import re
from collections.abc import Mapping
from functools import cache

from assent.scan.seen import Role

ACCEPT = {
    "en": (
        "accept",
        "agree",
        "allow all",
        "allow cookies",
        "allow",
        "got it",
        "yes",
        "ok",
        "i accept",
        "consent",
    ),
    "de": (
        "akzeptieren",
        "zustimmen",
        "einverstanden",
        "alle zulassen",
        "alle erlauben",
        "alle auswählen",
        "zulassen",
    ),
    "fr": ("accepter", "tout accepter", "j accepte", "d accord", "autoriser", "tout autoriser"),
    "es": ("aceptar", "acepto", "permitir", "de acuerdo", "consentir"),
    "it": ("accetta", "accetto", "accettare", "acconsento", "consenti", "va bene"),
    "nl": ("accepteren", "accepteer", "akkoord", "toestaan", "ja ik accepteer"),
    "pt": ("aceitar", "aceito", "permitir", "concordo"),
    "pl": ("akceptuj", "akceptuję", "zaakceptuj", "zgadzam się", "zezwól", "wyrażam zgodę"),
    "sv": ("acceptera", "godkänn", "tillåt", "jag godkänner"),
    "da": ("accepter", "acceptér", "tillad", "godkend"),
    "no": ("godta", "aksepter", "tillat"),
    "fi": ("hyväksy", "salli"),
    "cs": ("přijmout", "souhlasím", "povolit"),
    "sk": ("prijať", "súhlasím", "povoliť"),
    "hu": ("elfogad", "elfogadom", "elfogadása", "engedélyez"),
    "ro": ("accept", "acceptă", "accepta", "acceptați", "permite"),
    "el": ("αποδοχή", "αποδέχομαι", "συμφωνώ"),
    "bg": ("приемам", "приеми", "приемане", "съгласен"),
    "hr": ("prihvati", "prihvaćam"),
    "sl": ("sprejmi", "strinjam se"),
    "et": ("nõustu", "luba"),
    "lv": ("piekrist", "piekrītu", "pieņemt"),
    "lt": ("sutinku", "priimti", "leisti"),
    "tr": ("kabul et", "onayla"),
    "uk": ("прийняти", "погоджуюсь"),
    "ja": ("同意", "承諾", "許可"),
}
REJECT = {
    "en": (
        "reject",
        "decline",
        "refuse",
        "deny",
        "disagree",
        "do not accept",
        "don t accept",
        "do not consent",
        "necessary only",
        "only necessary",
        "essential only",
        "only essential",
        "strictly necessary",
        "continue without",
        "no thanks",
        "opt out",
        "do not allow",
        "disallow",
    ),
    "de": (
        "ablehnen",
        "verweigern",
        "nicht zustimmen",
        "nicht akzeptieren",
        "nur notwendige",
        "nur essenzielle",
        "nur erforderliche",
        "nur technisch",
        "weiter ohne",
        "ohne zustimmung",
        "nur essentielle",
    ),
    "fr": (
        "refuser",
        "tout refuser",
        "je refuse",
        "continuer sans",
        "rejeter",
        "uniquement nécessaires",
        "interdire",
    ),
    "es": (
        "rechazar",
        "rechazo",
        "denegar",
        "no acepto",
        "solo necesarias",
        "sólo necesarias",
        "continuar sin",
    ),
    "it": ("rifiuta", "rifiuto", "rifiutare", "nega", "solo necessari", "continua senza", "non accetto"),
    "nl": ("weigeren", "weiger", "afwijzen", "alleen noodzakelijk", "niet accepteren", "doorgaan zonder"),
    "pt": ("rejeitar", "recusar", "recuso", "apenas necessários", "só necessários", "continuar sem"),
    "pl": ("odrzuć", "odrzucam", "odmów", "nie zgadzam się", "tylko niezbędne", "nie akceptuję"),
    "sv": ("avvisa", "neka", "avböj", "endast nödvändiga", "bara nödvändiga"),
    "da": ("afvis", "nej tak", "kun nødvendige"),
    "no": ("avvis", "avslå", "kun nødvendige", "bare nødvendige"),
    "fi": ("hylkää", "kieltäydy", "vain välttämättömät", "estä"),
    "cs": ("odmítnout", "nesouhlasím", "pouze nezbytné", "zamítnout"),
    "sk": ("odmietnuť", "nesúhlasím", "len nevyhnutné"),
    "hu": ("elutasít", "elutasítom", "elutasítása", "csak a szükséges"),
    "ro": ("refuz", "respinge", "respingeți", "doar necesare", "resping"),
    "el": ("απόρριψη", "απορρίπτω", "μόνο απαραίτητα"),
    "bg": ("отхвърли", "отхвърляне", "отказвам", "само необходимите"),
    "hr": ("odbij", "samo nužni"),
    "sl": ("zavrni", "samo nujni"),
    "et": ("keeldu", "ainult vajalikud"),
    "lv": ("noraidīt", "atteikties", "tikai nepieciešamās"),
    "lt": ("atmesti", "nesutinku", "tik būtini"),
    "tr": ("reddet", "yaln\u0131zca gerekli"),
    "uk": ("відхилити", "лише необхідні"),
    "ja": ("拒否", "必要なもののみ"),
}
PREFERENCES = {
    "en": (
        "customize",
        "customise",
        "personalize",
        "personalise",
        "let me choose",
        "preferences",
        "settings",
        "manage",
        "options",
        "choices",
        "show purposes",
        "details",
        "learn more and customize",
        "consent preferences",
    ),
    "de": ("einstellungen", "anpassen", "verwalten", "auswahl anpassen", "details zeigen", "individuelle"),
    "fr": ("personnaliser", "paramétrer", "paramètres", "gérer", "préférences", "choisir"),
    "es": ("configurar", "personalizar", "preferencias", "gestionar", "ajustes", "configuración"),
    "it": ("personalizza", "preferenze", "gestisci", "impostazioni", "scopri di più e personalizza"),
    "nl": ("instellingen", "aanpassen", "voorkeuren", "beheren"),
    "pt": ("personalizar", "preferências", "configurações", "gerir", "gerenciar", "definições"),
    "pl": ("ustawienia", "dostosuj", "preferencje", "zarządzaj"),
    "sv": ("inställningar", "anpassa", "hantera"),
    "da": ("indstillinger", "tilpas", "administrer"),
    "no": ("innstillinger", "tilpass", "administrer"),
    "fi": ("asetukset", "mukauta", "hallitse"),
    "cs": ("nastavení", "přizpůsobit", "předvolby", "upravit"),
    "sk": ("nastavenia", "prispôsobiť"),
    "hu": ("beállítások", "testreszab"),
    "ro": ("setări", "personalizează", "preferințe"),
    "el": ("ρυθμίσεις", "προτιμήσεις", "διαχείριση"),
    "bg": ("настройки", "предпочитания"),
    "hr": ("postavke", "prilagodi"),
    "sl": ("nastavitve", "prilagodi"),
    "et": ("seaded", "kohanda"),
    "lv": ("iestatījumi", "pielāgot"),
    "lt": ("nustatymai", "tinkinti"),
    "tr": ("ayarlar", "tercihler"),
    "uk": ("налаштування", "параметри"),
    "ja": ("設定", "カスタマイズ"),
}
SAVE = {
    "en": ("save", "confirm", "apply", "allow selection", "accept selected", "submit preferences"),
    "de": ("speichern", "auswahl erlauben", "auswahl bestätigen", "auswahl akzeptieren", "bestätigen"),
    "fr": ("enregistrer", "sauvegarder", "valider", "confirmer"),
    "es": ("guardar", "confirmar", "aceptar selección"),
    "it": ("salva", "conferma", "accetta selezionati"),
    "nl": ("opslaan", "bevestigen", "selectie toestaan"),
    "pt": ("guardar", "salvar", "confirmar"),
    "pl": ("zapisz", "potwierdź"),
    "sv": ("spara",),
    "da": ("gem", "tillad valgte"),
    "no": ("lagre",),
    "fi": ("tallenna",),
    "cs": ("uložit", "potvrdit"),
    "hu": ("mentés",),
    "ro": ("salvează",),
    "el": ("αποθήκευση",),
    "tr": ("kaydet",),
    "ja": ("保存",),
}
WITHDRAW = {
    "en": ("withdraw", "revoke"),
    "de": ("widerrufen", "widerruf"),
    "fr": ("retirer",),
    "es": ("retirar", "revocar"),
    "it": ("revoca",),
    "nl": ("intrekken",),
    "pt": ("retirar", "revogar"),
    "pl": ("wycofaj",),
    "sv": ("återkalla",),
    "da": ("tilbagekald", "træk tilbage"),
    "fi": ("peruuta suostumus",),
}
CLOSE = {
    "en": ("close", "dismiss"),
    "de": ("schließen",),
    "fr": ("fermer",),
    "es": ("cerrar",),
    "it": ("chiudi",),
    "nl": ("sluiten",),
    "pt": ("fechar",),
    "pl": ("zamknij",),
    "sv": ("stäng",),
    "da": ("luk",),
    "fi": ("sulje",),
}

ORDER: tuple[tuple[Role, Mapping[str, tuple[str, ...]]], ...] = (
    ("withdraw", WITHDRAW),
    ("reject", REJECT),
    ("save", SAVE),
    ("accept", ACCEPT),
    ("preferences", PREFERENCES),
    ("close", CLOSE),
)
"""Refusals come before agreement: "do not accept" has "accept" in it, and a wrong refusal harms nobody."""

COOKIE_WORDS = re.compile(
    r"cookie|consent|privacy|gdpr|einwilligung|datenschutz|zustimm|consentement|traceur|privacidad|consentimiento"
    r"|consenso|toestemming|zgod|samtyck|samtykke|suostumu|evästeet|eväste|souhlas|hozzájárul|συγκατάθεση|クッキー"
    r"|plików|soubor|sütik|çerez|бисквитк|файли",
    re.IGNORECASE,
)
"""What a text is about when it asks for consent."""

CROSSES = ("x", "\u00d7", "\u2715", "\u2716", "\u2a2f")
"""What stands for "close" where no word does."""

_BETWEEN = re.compile(r"[^\w]+")
LONGEST = 60
"""Characters; what is longer is a sentence or a link to an article, not a button."""


def role_of(name: str) -> tuple[Role, str]:
    """Return what a control of this name is for, and in which language; "" where its name says neither."""
    words = f" {_BETWEEN.sub(' ', name).strip().casefold()} "
    if name.strip().casefold() in CROSSES:
        return "close", ""
    if len(words) > LONGEST:
        return "", ""
    for role, pattern in _patterns():
        if found := pattern.search(words):
            return role, _language(role, found[1])
    return "", ""


def languages(names: list[str]) -> set[str]:
    """Return the languages that all of these names may be of; empty when no word tells."""
    told = [_all_languages(name) for name in names]
    told = [found for found in told if found]
    return set.intersection(*told) if told else set()


@cache
def _patterns() -> tuple[tuple[Role, re.Pattern[str]], ...]:
    return tuple((role, _any_of(table)) for role, table in ORDER)


def _any_of(table: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    phrases = sorted({phrase for some in table.values() for phrase in some}, key=len, reverse=True)
    # Japanese has no spaces between words.
    return re.compile(
        "("
        + "|".join(re.escape(p) if ord(p[0]) > 0x3000 else rf"(?<= ){re.escape(p)}(?= )" for p in phrases)
        + ")"
    )


def _language(role: Role, phrase: str) -> str:
    table = dict(ORDER)[role]
    return next((lang for lang, phrases in table.items() if phrase in phrases), "")


def _all_languages(name: str) -> set[str]:
    words = f" {_BETWEEN.sub(' ', name).strip().casefold()} "
    return {
        lang
        for _, table in ORDER
        for lang, phrases in table.items()
        if any(f" {phrase} " in words for phrase in phrases)
    }
