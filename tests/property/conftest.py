from tests.engines.database import postgres_connection  # noqa: F401
from tests.engines.spark import spark  # noqa: F401
