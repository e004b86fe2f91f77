"""Puts the records into a tree, and adds what proof, replay and erasure need."""

import json
import os

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

from assent.core.log import Start, leaf, start_text
from assent.core.merkle import Frontier
from assent.core.record import uuid7

revision = "0002"
down_revision = "0001"

OLD = "assent_records_0001"
PAGE = 1000

EXACT = sa.Text().with_variant(TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the new tables and move every record, in the order of the ids, into one tree."""
    connection = op.get_bind()
    op.drop_index("assent_records_by_consent", "assent_records")
    op.rename_table("assent_records", OLD)
    if connection.dialect.name == "postgresql":
        op.execute(f"ALTER INDEX assent_records_pkey RENAME TO {OLD}_pkey")
    _create()
    _move(connection)
    op.drop_table(OLD)


def _create() -> None:
    op.create_table(
        "assent_records",
        sa.Column("tree", EXACT, primary_key=True),
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", EXACT, nullable=False),
        sa.Column("consent_id", EXACT),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("record", sa.Text),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
    )
    op.create_index("assent_records_by_consent", "assent_records", ["consent_id", "id"], unique=True)
    op.create_table(
        "assent_nodes",
        sa.Column("tree", EXACT, primary_key=True),
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "assent_heads",
        sa.Column("tree", EXACT, primary_key=True),
        sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("signed", sa.Text, nullable=False),
    )
    op.create_index("assent_heads_by_time", "assent_heads", ["at"])
    op.create_table(
        "assent_notices",
        sa.Column("sha256", EXACT, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
    )
    op.create_table(
        "assent_personal",
        sa.Column("record_id", EXACT, primary_key=True),
        sa.Column("consent_id", EXACT, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_index("assent_personal_by_consent", "assent_personal", ["consent_id"])


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns))


ENTRY = ("tree", "place", "id", "consent_id", "at", "expires", "action", "record", "leaf")


def _move(connection: sa.Connection) -> None:
    old = _table(OLD, "id", "consent_id", "at", "action", "record")
    new = _table("assent_records", *ENTRY)
    nodes = _table("assent_nodes", "tree", "level", "place", "hash")
    heads = _table("assent_heads", "tree", "no", "size", "root", "at", "signed")
    frontier = Frontier()
    tree, last, at = "", "", 0

    def place(entry: dict[str, object], text: str) -> dict[str, object]:
        hashed = leaf(tree, frontier.size, text)
        row = {**entry, "tree": tree, "place": frontier.size, "record": text, "leaf": hashed}
        for level, number, node in frontier.push(hashed):
            connection.execute(nodes.insert().values(tree=tree, level=level, place=number, hash=node))
        return row

    while page := connection.execute(
        sa.select(old).where(old.c.id > last).order_by(old.c.id).limit(PAGE)
    ).all():
        rows: list[dict[str, object]] = []
        if not tree:
            tree, at = uuid7(page[0].at, os.urandom(10)), page[0].at
            start = {"id": tree, "consent_id": None, "at": at, "expires": None, "action": "start"}
            rows.append(place(start, start_text(Start(tree, at, ()))))
        for found in page:
            kept = {"id": found.id, "consent_id": found.consent_id, "at": found.at, "action": found.action}
            rows.append(place({**kept, "expires": json.loads(found.record)["expires"]}, found.record))
        connection.execute(new.insert(), rows)
        last = page[-1].id
    if tree:
        # Whoever runs the migration signs it, in the same transaction: the keys are not known here.
        connection.execute(
            heads.insert().values(
                tree=tree, no=0, size=frontier.size, root=frontier.root.hex(), at=at, signed=""
            )
        )
