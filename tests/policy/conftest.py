from tests.engines.database import postgres_connection  # noqa: F401
