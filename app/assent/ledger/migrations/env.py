"""What Alembic runs: the migrations, over the connection and in the transaction that the caller opened."""

from alembic import context

from assent.ledger.schema import metadata, version

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=version.name,
    # SQLite cannot alter most of a table; Alembic then copies it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
