from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "minzheng.indicators"
    label = "indicators"

    def ready(self) -> None:
        from minzheng.indicators import kinds

        kinds.register()
