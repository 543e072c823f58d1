from tests.engines.database import postgres_connection  # noqa: F401
from tests.engines.spark import compiled_spark, spark  # noqa: F401
from tests.payments.conftest import world  # noqa: F401
