"""Where the desk is; its addresses name rows of the database by their keys."""

from django.urls import register_converter
from django.urls.converters import IntConverter

DESK = "/admin/"
"""Below it are the editors' pages."""


class KeyConverter(IntConverter):
    """A primary key. With more digits it is none: the database could not even be asked for it."""

    regex = "[0-9]{1,18}"


register_converter(KeyConverter, "key")
