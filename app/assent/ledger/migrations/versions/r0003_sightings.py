"""Adds the table of what traffic revealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0003"
down_revision = "0002"

EXACT = sa.Text().with_variant(TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table and its index."""
    op.create_table(
        "assent_sightings",
        sa.Column("kind", EXACT, primary_key=True),
        sa.Column("name", EXACT, primary_key=True),
        sa.Column("how", EXACT, primary_key=True),
        sa.Column("place", EXACT, primary_key=True),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("traits", sa.Integer, nullable=False),
        sa.Column("lifetime", sa.BigInteger, nullable=False),
        sa.Column("sources", sa.Integer, nullable=False),
    )
    op.create_index("assent_sightings_by_time", "assent_sightings", ["last"])
