"""Assent's own routes in the words of OpenAPI 3.1: what scripts, browsers and the owner's programs may ask.

Pages for people are not in it.
"""

from typing import Any

from assent import __version__
from assent.core.categories import ALL, OPTIONAL, Category
from assent.core.record import BUTTONS
from assent.web.return_to import LONGEST, PATH
from assent.web.state import in_order

Object = dict[str, Any]

_TEXT: Object = {"type": "string"}
_MAYBE: Object = {"type": ["string", "null"]}
_MOMENT: Object = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Object = {"type": "integer", "minimum": 0}


def _list(items: Object) -> Object:
    return {"type": "array", "items": items}


def _object(required: Object, optional: Object | None = None) -> Object:
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}


_CATEGORY: Object = {"enum": in_order(ALL)}
_CATEGORIES = _list({"enum": [category.value for category in OPTIONAL]})

SCHEMAS: Object = {
    "Error": _object({"error": _TEXT}),
    "State": _object(
        {
            "choice": {
                "anyOf": [
                    _object({"categories": _list(_CATEGORY), "at": _MOMENT}, {"changed": _list(_CATEGORY)}),
                    {"type": "null"},
                ],
            },
            "granted": {**_list(_CATEGORY), "contains": {"const": Category.NECESSARY.value}},
            "gpc": {"type": "boolean"},
            "policy_version": _TEXT,
            "expires": _MOMENT,
            "consent_id": _MAYBE,
        }
    ),
    "Choice": {
        **_object(
            {"action": {"enum": list(BUTTONS)}},
            {
                "categories": _list(_CATEGORY),
                "return_to": {**_TEXT, "pattern": f"^(?:{PATH})?$", "maxLength": LONGEST},
                "notice": _TEXT,
            },
        ),
        "additionalProperties": False,
    },
    "Declaration": _object(
        {
            "site": _MAYBE,
            "controller": _MAYBE,
            "privacy_policy": _MAYBE,
            "categories": _list(
                _object(
                    {
                        "category": _CATEGORY,
                        "always": {"type": "boolean"},
                        "cookies": _list(_object({"name": _TEXT})),
                    }
                )
            ),
            "third_parties": _list(_object({"domain": _TEXT, "category": _TEXT})),
        }
    ),
    "Readiness": _object({"ready": {"type": "boolean"}}, {"reason": _TEXT}),
    "Record": _object(
        {
            "id": {**_TEXT, "format": "uuid"},
            "consent_id": _TEXT,
            "site": _TEXT,
            "at": {"type": "integer", "description": "milliseconds since 1970"},
            "action": _TEXT,
            "given": _CATEGORIES,
            "refused": _CATEGORIES,
            "withdrawn": _CATEGORIES,
            "expires": {"type": "integer", "description": "seconds since 1970"},
        },
        {"tree": _TEXT, "place": _COUNT},
    ),
    "Rate": _object(
        {
            "day": {**_TEXT, "format": "date"},
            "language": _TEXT,
            "choices": _COUNT,
            "accepted": _COUNT,
            "rejected": _COUNT,
            "given": {"type": "object", "additionalProperties": _COUNT},
        }
    ),
}

_PLAIN: Object = {"text/plain": {"schema": _TEXT}}
_TOO_MANY = {"description": "more than a client's share; Retry-After tells when to come again"}


def description(base: str) -> Object:
    """Return the description of the routes below ``base``."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Assent", "version": __version__},
        "servers": [{"url": base}],
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": SCHEMAS,
        },
        "paths": {**_of_visitors(), **_of_operators(), **_of_the_owner()},
    }


def _of_visitors() -> Object:
    form = {"schema": _object({"action": {"enum": list(BUTTONS)}}, {"category": _list(_CATEGORY)})}
    signed = {
        "application/jose": {"schema": _TEXT},
        "application/jose+json": {"schema": {"type": "object"}},
        "text/html": {"schema": _TEXT},
    }
    kinds = _query("format", "html, json or jws; whatever else is jws", {"examples": ["html", "json", "jws"]})
    return {
        "/state": _get("What was chosen and what is granted", {"200": _json("the state", _ref("State"))}),
        "/choice": {
            "post": {
                "summary": "Make a choice, from a page of the site only",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": _ref("Choice")},
                        "application/x-www-form-urlencoded": form,
                    },
                },
                "responses": {
                    "200": _json("the new state, for JSON", _ref("State")),
                    "303": {"description": "back to the page, for a form"},
                    "400": {"description": "this is no choice"},
                    "403": {"description": "the request came from another site"},
                    "413": {"description": "the body is too large"},
                    "429": _TOO_MANY,
                    "503": {"description": "a grant could not be recorded, so nothing was changed"},
                },
            }
        },
        "/cookies.json": _get(
            "What the site uses", {"200": _json("the declaration", _ref("Declaration")), "429": _TOO_MANY}
        ),
        "/receipt": _get(
            "The receipt of the choice that stands",
            {
                "200": {"description": "the receipt, signed", "content": signed},
                "404": {"description": "there is none"},
                "429": _TOO_MANY,
                "503": {"description": "the ledger cannot be read now"},
            },
            [kinds],
        ),
        "/.well-known/jwks.json": _get(
            "The public keys",
            {
                "200": {
                    "description": "keys",
                    "content": {"application/jwk-set+json": {"schema": _object({"keys": _list({})})}},
                },
                "429": _TOO_MANY,
            },
        ),
    }


def _of_operators() -> Object:
    readiness = _ref("Readiness")
    figures = {"description": "figures as Prometheus reads them", "content": _PLAIN}
    return {
        "/health": _get("Liveness", {"200": {"description": "it answers", "content": _PLAIN}}),
        "/ready": _get("Readiness", {"200": _json("ready", readiness), "503": _json("why not", readiness)}),
        "/metrics": {
            "get": {
                "summary": "Figures, for this machine and for whoever has the token",
                "security": [{}, {"token": []}],
                "responses": {
                    "200": figures,
                    "401": {"description": "the token is missing or wrong"},
                    "403": {"description": "this is not that machine, and there is no token"},
                },
            }
        },
    }


def _of_the_owner() -> Object:
    day = {"anyOf": [{**_TEXT, "format": "date"}, {**_TEXT, "format": "date-time"}]}
    period = [
        _query("since", "the first day or moment, in UTC", day),
        _query("until", "where to stop, not included", day),
    ]
    page = [
        _query(
            "after",
            "what the answer before gave as next",
            {**_TEXT, "pattern": "^[A-Za-z0-9-]+:[0-9]{1,15}$"},
        ),
        _query("limit", "how many", {"type": "integer", "minimum": 1, "maximum": 1000}),
    ]
    visitor = {"name": "consent_id", "in": "path", "required": True, "schema": {**_TEXT, "minLength": 1}}
    records = _object({"records": _list(_ref("Record"))}, {"next": _MAYBE})
    return {
        "/api/records": _guarded(
            "The records of a period, in the order of the log", records, [*period, *page]
        ),
        "/api/records/{consent_id}": _guarded(
            "Every record of one visitor, oldest first", records, [visitor]
        ),
        "/api/rates": _guarded(
            "Choices by day and language", _object({"rates": _list(_ref("Rate"))}), period
        ),
    }


def _ref(name: str) -> Object:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(about: str, schema: Object) -> Object:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _get(summary: str, responses: Object, parameters: list[Object] | None = None) -> Object:
    return {"get": {"summary": summary, "parameters": parameters or [], "responses": responses}}


def _query(name: str, about: str, schema: Object) -> Object:
    return {"name": name, "in": "query", "description": about, "schema": schema}


def _guarded(summary: str, found: Object, parameters: list[Object]) -> Object:
    error = _ref("Error")
    responses = {
        "200": _json("found", found),
        "400": _json("a parameter is wrong", error),
        "401": _json("the token is missing or wrong", error),
        "404": _json("there is no such visitor, or no admin_token is set", error),
        "429": _TOO_MANY,
        "503": {"description": "the ledger cannot be read now"},
    }
    described = _get(summary, responses, parameters)
    described["get"]["security"] = [{"token": []}]
    return described
