"""The ledger's tables as they are now; the migrations tell how they came to be."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.dialects.postgresql import TEXT

HEAD = "0003"
"""The newest migration. Revisions are numbered, so that a newer one is recognised by comparing."""

metadata = MetaData()

# Ids compare as bytes, which is faster than by a locale's rules and gives the same order everywhere.
_EXACT = Text().with_variant(TEXT(collation="C"), "postgresql")

# The prefix, here and below, is for operators who keep the ledger among other tables. No column counts up
# over all writers: they would queue for the next number. Each writer numbers its own tree, and nobody else's.
records = Table(
    "assent_records",
    metadata,
    Column("tree", _EXACT, primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("id", _EXACT, nullable=False),
    # Null where no visitor is concerned, and where the visitor was forgotten.
    Column("consent_id", _EXACT),
    Column("at", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Column("action", Text, nullable=False),
    # The record, or another entry of the log, in canonical form; null once it was erased.
    Column("record", Text),
    Column("leaf", LargeBinary, nullable=False),
    Index("assent_records_by_consent", "consent_id", "id", unique=True),
)

nodes = Table(
    "assent_nodes",
    metadata,
    Column("tree", _EXACT, primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
"""Inner nodes on some levels, so that a proof need not read all leaves; they can be made again from these."""

heads = Table(
    "assent_heads",
    metadata,
    Column("tree", _EXACT, primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("root", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("signed", Text, nullable=False),
    Index("assent_heads_by_time", "at"),
)
"""Signed heads: the newest of each tree goes with every commit, and one a minute stays."""

notices = Table(
    "assent_notices",
    metadata,
    Column("sha256", _EXACT, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("notice", Text, nullable=False),
)

personal = Table(
    "assent_personal",
    metadata,
    Column("record_id", _EXACT, primary_key=True),
    Column("consent_id", _EXACT, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("data", Text, nullable=False),
    Index("assent_personal_by_consent", "consent_id"),
)

sightings = Table(
    "assent_sightings",
    metadata,
    Column("kind", _EXACT, primary_key=True),
    Column("name", _EXACT, primary_key=True),
    Column("how", _EXACT, primary_key=True),
    Column("place", _EXACT, primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("traits", Integer, nullable=False),
    Column("lifetime", BigInteger, nullable=False),
    Column("sources", Integer, nullable=False),
    Index("assent_sightings_by_time", "last"),
)
"""What traffic revealed: no part of the log, and nobody's evidence."""

# Alembic makes and keeps this one; its usual name would collide with that of an application beside us.
version = Table("assent_ledger_version", MetaData(), Column("version_num", String(32), primary_key=True))
