"""The demonstration ward as a Django app: its one table says which parts are made."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Named so that its table does not depend on the folder."""

    name = "azukari.demo"
    label = "demo"
    verbose_name = "見本の区"
