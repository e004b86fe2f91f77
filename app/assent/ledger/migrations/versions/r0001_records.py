"""Creates the table of records."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table and its index; there is no way back, for that would drop the evidence."""
    exact = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
    op.create_table(
        "assent_records",
        sa.Column("id", exact, primary_key=True),
        sa.Column("consent_id", exact, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("assent_records_by_consent", "assent_records", ["consent_id", "id"])
