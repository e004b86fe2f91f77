"""The ledger's tables as they are now; the migrations tell how they came to be."""

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, Text
from sqlalchemy.dialects.postgresql import TEXT

HEAD = "0001"
"""The newest migration. Revisions are numbered, so that a newer one is recognised by comparing."""

metadata = MetaData()

# Ids compare as bytes, which is faster than by a locale's rules and gives the same order everywhere.
_EXACT = Text().with_variant(TEXT(collation="C"), "postgresql")

# The prefix, here and below, is for operators who keep the ledger among other tables. No column counts
# up: writers on many machines would queue for the next number, and the ids are in order as they are.
records = Table(
    "assent_records",
    metadata,
    Column("id", _EXACT, primary_key=True),
    Column("consent_id", _EXACT, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("record", Text, nullable=False),
    Index("assent_records_by_consent", "consent_id", "id"),
)

# Alembic makes and keeps this one; its usual name would collide with that of an application beside us.
version = Table("assent_ledger_version", MetaData(), Column("version_num", String(32), primary_key=True))
