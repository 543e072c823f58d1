from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "minzheng.papers"
    label = "papers"
