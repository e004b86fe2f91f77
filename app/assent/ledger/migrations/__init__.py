"""The ledger's Alembic environment: one numbered file in ``versions`` for each change of the tables."""
