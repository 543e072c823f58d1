from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "minzheng.indicators"
    label = "indicators"
